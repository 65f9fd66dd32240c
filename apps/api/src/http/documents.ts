import type { Type } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { type Config, CONFIG } from '../config.js';
import type { Audience } from '../errors/error-documentation.js';
import { Problem } from '../errors/problem.dto.js';
import { AuditModule } from '../modules/audit/index.js';
import { CatalogModule } from '../modules/catalog/index.js';
import { DeliveriesModule } from '../modules/deliveries/index.js';
import { EventsModule } from '../modules/events/index.js';
import { OperationsModule } from '../modules/operations/index.js';
import { PartnersModule } from '../modules/partners/index.js';
import { RefundsModule } from '../modules/refunds/index.js';
import { TransactionsModule } from '../modules/transactions/index.js';
import { serveDocumentation } from './documentation-pages.js';
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

- Send your key as \`Authorization: Bearer <key>\`. On this page: **Authorize**, once.
- Amounts are decimal strings in major units: \`"10.50"\`.
- Every POST that moves money takes an \`Idempotency-Key\`. Send the same key again after a timeout,
  and the payment is made once: [idempotency](/docs/guides/idempotency).
- Errors are problem documents (RFC 9457), each code with [a page of its own](/docs/errors).
- We tell you of every change by [signed webhooks](/docs/guides/webhooks).
- Values of an \`x-extensible-enum\` may grow: accept unknown ones.

Begin with [your first payment](/docs/guides/first-payment). [Testing](/docs/guides/testing) says how to
make a payment fail, wait or ask the payer; [going live](/docs/guides/going-live) what to check before
real money moves.

On this page, **Try it out** sends the examples as they stand. The example key is renewed at every call;
type a key of your own to see a replay. The ids in the paths are those that you were answered last: make
a payment first; one that waits (an example of **Make a payment**) to confirm or cancel it.`;

const aboutOperations = `For internal teams. Every call is audited with the name of its operator.

Payments and refunds are made with the [payments API](/docs), and their ids are those that it answers. What you
make there in this browser stands in the paths here; **A bank transfer that people settle** can be settled.`;

const sides = { docs: 'partners', 'admin/docs': 'operations' } as const;

/** Both OpenAPI documents, Swagger UI for each, and the pages around them. */
export async function serveDocuments(app: NestFastifyApplication): Promise<void> {
  serve(app, 'docs', () => partnerDocument(app));
  serve(app, 'admin/docs', () => operationsDocument(app));
  const { PUBLIC_URL: publicUrl } = app.get<Config>(CONFIG);
  serveDocumentation(app.getHttpAdapter().getInstance(), publicUrl);
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
    .addTag('Partner', 'You: where your webhooks go, and your keys.')
    .addTag('Webhooks', 'What was sent to your `webhook_url`, and what you answered.')
    .addTag('Catalog', 'What can be paid with.')
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
    .setDescription(aboutOperations)
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

function serve(
  app: NestFastifyApplication,
  path: 'docs' | 'admin/docs',
  create: () => OpenAPIObject,
): void {
  let document: OpenAPIObject | undefined;
  SwaggerModule.setup(path, app, () => (document ??= create()), {
    jsonDocumentUrl: `${path}/openapi.json`,
    yamlDocumentUrl: `${path}/openapi.yaml`,
    ...swaggerUi(sides[path]),
  });
}
