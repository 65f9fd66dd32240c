import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

/** What answers a provider's calls for one of its accounts, path by path. */
export interface Bench<Write, Read> {
  account: {
    calls: {
      write(endpoint: Write, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply>;
      read(endpoint: Read, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply>;
    };
  };
  writes: Record<string, Write>;
  reads: Record<string, Read>;
}

/**
 * Serves every path that an account has, all accounts having the same.
 *
 * @param benchOf the account that a caller's credentials belong to
 */
export function serveBenches<Write, Read>(
  app: FastifyInstance,
  { writes, reads }: Bench<Write, Read>,
  benchOf: (request: FastifyRequest) => Bench<Write, Read>,
): void {
  for (const path of Object.keys(writes)) {
    app.post(path, (request, reply) => {
      const bench = benchOf(request);
      return bench.account.calls.write(bench.writes[path], request, reply);
    });
  }
  for (const path of Object.keys(reads)) {
    app.get(path, (request, reply) => {
      const bench = benchOf(request);
      return bench.account.calls.read(bench.reads[path], request, reply);
    });
  }
}
