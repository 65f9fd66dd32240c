import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ApiError } from '../errors/api-error.js';
import type { ApiRequest } from './request.js';

/** Where callers of one kind come in: finds who they are and counts them, or throws an ApiError. */
export interface Entrance {
  admit(request: ApiRequest, reply: FastifyReply): Promise<void>;
}

const longestIgnoredBytes = 256 * 1024;

/** Node takes the first of two or joins them; a proxy before it may have taken the other. */
const givenOnce = ['host', 'authorization', 'content-type', 'idempotency-key'];

/**
 * Sends every request through the entrance of its path before anything of its body is read.
 *
 * Guards come after the body was parsed: too late for callers that nobody knows.
 */
export class Entrances {
  private byPath: [string, Entrance][] = [];

  open(fastify: FastifyInstance, entrances: Readonly<Record<string, Entrance>>): void {
    this.byPath = Object.entries(entrances);
    fastify.addHook('onRequest', async (request, reply) => {
      try {
        const fault = faultOf(request);
        if (fault) await this.refuse(request, reply, fault);
        await this.admit(request, reply);
        if (request.is404) throw new ApiError('route_not_found');
      } catch (error) {
        closeAfterLong(request, reply);
        throw error;
      }
    });
  }

  /**
   * Refuses what is no request, but counts it like one.
   *
   * @throws ApiError `malformed_request`, or `rate_limit_exceeded`
   */
  async refuse(request: FastifyRequest, reply: FastifyReply, detail?: string): Promise<never> {
    closeAfterLong(request, reply);
    await this.admit(request, reply).catch((error: unknown) => {
      if (!(error instanceof ApiError) || error.code !== 'unauthorized') throw error;
    });
    throw new ApiError('malformed_request', detail === undefined ? {} : { detail });
  }

  private async admit(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const path = request.routeOptions.url ?? request.url;
    const [, entrance] = this.byPath.find(([start]) => path.startsWith(start)) ?? [];
    await entrance?.admit(request, reply);
  }
}

/** What is wrong with the headers, whoever sends them. */
function faultOf({ raw }: FastifyRequest): string | undefined {
  const { headers, httpVersion, rawHeaders } = raw;
  if (headers.host === undefined && httpVersion !== '1.0') return 'The Host header is missing.';
  const names = rawHeaders.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase());
  const twice = givenOnce.find((name) => names.indexOf(name) !== names.lastIndexOf(name));
  return twice && `The header ${twice} is given twice.`;
}

/** Node goes on reading what a refused caller sends, to keep the connection. */
function closeAfterLong({ headers }: FastifyRequest, reply: FastifyReply): void {
  const isChunked = headers['transfer-encoding'] !== undefined;
  const mayBeLong = isChunked || Number(headers['content-length'] ?? 0) > longestIgnoredBytes;
  if (mayBeLong) void reply.header('connection', 'close');
}
