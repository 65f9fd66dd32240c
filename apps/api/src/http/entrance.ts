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
export function openEntrances(
  fastify: FastifyInstance,
  entrances: Readonly<Record<string, Entrance>>,
): void {
  const byPath = Object.entries(entrances);
  fastify.addHook('onRequest', async (request, reply) => {
    const path = request.routeOptions.url ?? request.url;
    const [, entrance] = byPath.find(([start]) => path.startsWith(start)) ?? [];
    try {
      await entrance?.admit(request, reply);
      if (request.is404) throw new ApiError('route_not_found');
    } catch (error) {
      // Node goes on reading what a refused caller sends, to keep the connection.
      if (mayBeLong(request)) void reply.header('connection', 'close');
      throw error;
    }
  });
}

function mayBeLong({ headers }: FastifyRequest): boolean {
  const isChunked = headers['transfer-encoding'] !== undefined;
  return isChunked || Number(headers['content-length'] ?? 0) > longestIgnoredBytes;
}
