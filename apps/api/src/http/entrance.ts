import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ApiError } from '../errors/api-error.js';
import type { ApiRequest } from './request.js';

/** Where callers of one kind come in: finds who they are and counts them, or throws an ApiError. */
export interface Entrance {
  admit(request: ApiRequest, reply: FastifyReply): Promise<void>;
}

const longestIgnoredBytes = 256 * 1024;

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
        if (lacksHost(request)) await this.refuse(request, reply, 'The Host header is missing.');
        await this.admit(request, reply);
        if (request.is404) throw new ApiError('route_not_found');
      } catch (error) {
        // Node goes on reading what a refused caller sends, to keep the connection.
        if (mayBeLong(request)) void reply.header('connection', 'close');
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

function lacksHost({ raw: { headers, httpVersion } }: FastifyRequest): boolean {
  return headers.host === undefined && httpVersion !== '1.0';
}

function mayBeLong({ headers }: FastifyRequest): boolean {
  const isChunked = headers['transfer-encoding'] !== undefined;
  return isChunked || Number(headers['content-length'] ?? 0) > longestIgnoredBytes;
}
