import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import { v7 as uuidv7 } from 'uuid';
import { AppModule } from '../app.module.js';
import type { Config } from '../config.js';
import { createLogger, NestLogger } from '../platform/logger.js';
import { checkHead } from './caller-text.js';
import { serveDocuments } from './documents.js';
import { readBodies } from './json-body.js';
import { parseQuery } from './query-string.js';
import { logRequests } from './request-log.js';

const bodyLimitBytes = 256 * 1024;
const requestTimeoutMs = 30_000;
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** The HTTP application, ready to listen. */
export async function createApp(config: Config): Promise<NestFastifyApplication> {
  const pino = createLogger(config.LOG_LEVEL, 'api');
  const adapter = new FastifyAdapter({
    bodyLimit: bodyLimitBytes,
    requestTimeout: requestTimeoutMs,
    trustProxy: config.TRUSTED_PROXIES?.split(',').map((address) => address.trim()) ?? false,
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: 200, querystringParser: parseQuery },
    genReqId: (request: { headers: Record<string, unknown> }) => {
      const given = request.headers['x-request-id'];
      return typeof given === 'string' && uuid.test(given) ? given.toLowerCase() : uuidv7();
    },
  });
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.forApi(config), adapter, {
    logger: new NestLogger(pino),
    bodyParser: false,
    abortOnError: false,
  });
  const fastify: FastifyInstance = app.getHttpAdapter().getInstance();
  fastify.addHook('onRequest', (request, reply, next) => {
    void reply.headers({
      'x-request-id': request.id,
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
    });
    try {
      checkHead(request);
      next();
    } catch (error) {
      next(error as Error);
    }
  });
  readBodies(fastify);
  logRequests(fastify, pino);
  await serveDocuments(app);
  await app.init();
  return app;
}
