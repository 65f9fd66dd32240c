import type { Type } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import type { Audience } from '../errors/error-documentation.js';
import { errorIndexPage, errorPage } from '../errors/error-page.js';
import { Problem } from '../errors/problem.dto.js';
import { AuditModule } from '../modules/audit/index.js';
import { CatalogModule } from '../modules/catalog/index.js';
import { DeliveriesModule } from '../modules/deliveries/index.js';
import { EventsModule } from '../modules/events/index.js';
import { OperationsModule } from '../modules/operations/index.js';
import { PartnersModule } from '../modules/partners/index.js';
import { RefundsModule } from '../modules/refunds/index.js';
import { TransactionsModule } from '../modules/transactions/index.js';
import { documentAnswers } from './documented-answers.js';
import { documentErrors } from './documented-errors.js';
import { documentHeaders } from './documented-headers.js';
import { documentRequests } from './documented-requests.js';
import { documentWebhooks, webhookModels } from './documented-webhooks.js';
import { publishSchemaNames } from './schema-names.js';
import { swaggerUi } from './swagger-ui.js';

const partnerModules: (new () => object)[] = [
  TransactionsModule,
  RefundsModule,
  EventsModule,
  DeliveriesModule,
  CatalogModule,
  PartnersModule,
  AuditModule,
];

const license = { name: 'All rights reserved', identifier: 'LicenseRef-UNLICENSED' };

const about = `Payments through any provider, behind one API.

- Send your key as \`Authorization: Bearer <key>\`. On this page: **Authorize**.
- Amounts are decimal strings in major units: \`"10.50"\`.
- Every POST takes an \`Idempotency-Key\`. Send the same key again after a timeout, and the payment
  is made once. On this page the example key is renewed at every call; type a key of your own to see
  a replay.
- Errors are problem documents (RFC 9457), each code with [a page of its own](/docs/errors).
- Values of an \`x-extensible-enum\` may grow: accept unknown ones.`;

/** Both OpenAPI documents, Swagger UI for each, and the page of every error code. */
export async function serveDocuments(app: NestFastifyApplication): Promise<void> {
  serve(app, 'docs', () => partnerDocument(app));
  serve(app, 'admin/docs', () => operationsDocument(app));
  const fastify: FastifyInstance = app.getHttpAdapter().getInstance();
  fastify.get('/docs/errors', (_request, reply) =>
    reply.type('text/html; charset=utf-8').send(errorIndexPage()),
  );
  fastify.get<{ Params: { code: string } }>('/docs/errors/:code', (request, reply) => {
    const page = errorPage(request.params.code);
    return reply
      .status(page ? 200 : 404)
      .type('text/html; charset=utf-8')
      .send(page ?? 'There is no such error code.');
  });
}

function partnerDocument(app: NestFastifyApplication): OpenAPIObject {
  const head = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Payments API')
    .setDescription(about)
    .setVersion('1.0.0')
    .addServer('/')
    .addTag('Transactions', 'Make payments and see what became of them.')
    .addTag('Refunds', 'Pay back, in full or in part.')
    .addTag('Events', 'What happened, in order and without gaps.')
    .addTag('Webhooks', 'What was sent to you, and what you answered.')
    .addTag('Catalog', 'What can be paid with.')
    .addTag('Partner', 'You.')
    .addTag('Audit', 'Who did what with your resources.')
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'Your API key.' }, 'partner_key')
    .addSecurityRequirements('partner_key');
  const document = createDocument(app, head, {
    ...{ audience: 'partners', include: partnerModules, models: webhookModels },
  });
  return documentWebhooks(document);
}

function operationsDocument(app: NestFastifyApplication): OpenAPIObject {
  const head = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Operations API')
    .setDescription('For internal teams. Every call is audited with the name of its operator.')
    .setVersion('1.0.0')
    .addServer('/')
    .addTag('Partners', 'Who may call the payments API, and with which keys.')
    .addTag('Transactions', 'Payments of all partners.')
    .addTag('Refunds', 'Refunds of all partners.')
    .addBearerAuth(
      { type: 'http', scheme: 'bearer', description: "An operator's key." },
      'operator_key',
    )
    .addSecurityRequirements('operator_key');
  return createDocument(app, head, {
    ...{ audience: 'operations', include: [OperationsModule], models: [] },
  });
}

function createDocument(
  app: NestFastifyApplication,
  head: DocumentBuilder,
  { audience, include, models }: { audience: Audience; include: Type[]; models: Type[] },
): OpenAPIObject {
  const options = { include, extraModels: [Problem, ...models] };
  const document = publishSchemaNames(SwaggerModule.createDocument(app, head.build(), options));
  delete document.info.contact;
  document.info.license = license;
  documentRequests(document);
  documentErrors(document, audience === 'partners' ? ['partners'] : ['partners', 'operations']);
  documentAnswers(document, audience);
  documentHeaders(document);
  return document;
}

function serve(app: NestFastifyApplication, path: string, create: () => OpenAPIObject): void {
  let document: OpenAPIObject | undefined;
  SwaggerModule.setup(path, app, () => (document ??= create()), {
    jsonDocumentUrl: `${path}/openapi.json`,
    yamlDocumentUrl: `${path}/openapi.yaml`,
    ...swaggerUi(path === 'docs' ? 'Payments API' : 'Operations API'),
  });
}
