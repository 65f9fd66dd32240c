import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { v7 as uuidv7 } from 'uuid';
import { AppModule } from '../app.module.js';
import type { Config } from '../config.js';
import { Readiness } from '../modules/health/index.js';
import { OperatorEntrance } from '../modules/operations/index.js';
import { PartnerEntrance } from '../modules/partners/index.js';
import { createLogger, NestLogger } from '../platform/logger.js';
import { MetricsService } from '../platform/metrics.service.js';
import { type Tracing, TRACING } from '../platform/tracing.js';
import { answerHeaders } from './answer-headers.js';
import { checkHead } from './caller-text.js';
import { serveDocuments } from './documents.js';
import { Entrances } from './entrance.js';
import { readBodies } from './json-body.js';
import { httpOptions, separatePorts } from './ports.js';
import { parseQuery } from './query-string.js';
import { logRequests } from './request-log.js';
import { measureRequests } from './request-metrics.js';
import { traceRequests } from './request-traces.js';
import { answerUnreadable } from './unreadable-requests.js';

const bodyLimitBytes = 256 * 1024;
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** The HTTP application, ready to listen. */
export async function createApp(config: Config): Promise<NestFastifyApplication> {
  const pino = createLogger(config.LOG_LEVEL, 'api');
  warnOfShares(config, pino);
  const entrances = new Entrances();
  const adapter = createAdapter(config, pino, entrances);
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.forApi(config), adapter, {
    logger: new NestLogger(pino),
    bodyParser: false,
    abortOnError: false,
  });
  const fastify: FastifyInstance = app.getHttpAdapter().getInstance();
  welcomeRequests(fastify);
  const tracing = app.get<Tracing | undefined>(TRACING);
  logRequests(fastify, pino, tracing && traceRequests(fastify, tracing));
  measureRequests(fastify, app.get(MetricsService));
  separatePorts(fastify, config);
  entrances.open(fastify, {
    '/v1/': app.get(PartnerEntrance),
    '/admin/v1/': app.get(OperatorEntrance),
  });
  partFromCallers(fastify, app.get(Readiness));
  checkQueries(fastify);
  readBodies(fastify);
  await serveDocuments(app);
  await app.init();
  return app;
}

function warnOfShares(config: Config, pino: Logger): void {
  const processes = config.API_PROCESSES * config.WEB_CONCURRENCY;
  if (processes === 1 || config.REDIS_URL !== undefined) return;
  pino.warn(`without REDIS_URL this process lets through 1/${processes} of every rate limit`);
}

function createAdapter(config: Config, pino: Logger, entrances: Entrances): FastifyAdapter {
  return new FastifyAdapter({
    bodyLimit: bodyLimitBytes,
    requestTimeout: config.REQUEST_TIMEOUT_MS,
    http: httpOptions(config),
    ...answerUnreadable(pino, entrances, config.PUBLIC_URL),
    trustProxy: config.TRUSTED_PROXIES?.split(',').map((address) => address.trim()) ?? false,
    forceCloseConnections: 'idle',
    // What still comes over a connection that was kept is served: its caller can't know better.
    return503OnClosing: false,
    routerOptions: { maxParamLength: 200, querystringParser: parseQuery },
    genReqId: (request: { headers: Record<string, unknown> }) => {
      const given = request.headers['x-request-id'];
      return typeof given === 'string' && uuid.test(given) ? given.toLowerCase() : uuidv7();
    },
  });
}

function welcomeRequests(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (request, reply, next) => {
    void reply.headers(answerHeaders(request.id));
    next();
  });
  const { server } = fastify;
  // Node would refuse every other expectation than 100-continue itself; RFC 9110 lets us ignore it.
  server.on('checkExpectation', (request, response) => server.emit('request', request, response));
}

/** A process that drains keeps no connection: what comes next goes elsewhere. */
function partFromCallers(fastify: FastifyInstance, readiness: Readiness): void {
  fastify.addHook('onSend', (_request, reply, payload, next) => {
    if (readiness.isDraining) void reply.header('connection', 'close');
    next(null, payload);
  });
}

function checkQueries(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (request, _reply, next) => {
    try {
      checkHead(request);
      next();
    } catch (error) {
      next(error as Error);
    }
  });
}
