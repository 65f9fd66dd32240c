import type { OpenAPIObject } from '@nestjs/swagger';
import {
  DeletedResourceDto,
  RefundWebhookDto,
  TestWebhookDto,
  TransactionWebhookDto,
  type webhookTypes,
} from '../modules/deliveries/index.js';
import recorded from './webhook-examples.json' with { type: 'json' };

type PathItem = OpenAPIObject['paths'][string];
type OperationObject = NonNullable<PathItem['post']>;

/** The classes of what is sent to partners. */
export const webhookModels = [
  DeletedResourceDto,
  TransactionWebhookDto,
  RefundWebhookDto,
  TestWebhookDto,
];

const text = { type: 'string' as const };
const parameters = [
  {
    name: 'webhook-id',
    description: 'The same in every attempt: what came before needs nothing done.',
    schema: { ...text, format: 'uuid' },
  },
  {
    name: 'webhook-timestamp',
    description: 'Seconds since 1970, of this attempt.',
    schema: { ...text, pattern: '^\\d+$' },
  },
  {
    name: 'webhook-signature',
    description:
      '`v1,` and the base64 HMAC-SHA256 of `id.timestamp.body`; two of them while a secret is replaced.',
    schema: { ...text, pattern: '^v1,' },
  },
].map((each) => ({ ...each, in: 'header' as const, required: true }));

const responses = {
  '2XX': { description: 'It was received.' },
  '410': { description: 'Nothing more is sent to this URL until it is saved again.' },
  default: { description: 'It was not received, and is sent again later.' },
};

/** What a webhook is described with. */
type Said = Pick<OperationObject, 'summary' | 'description' | 'responses'>;

const happened = {
  summaries: {
    'transaction.created': 'A payment was created',
    'transaction.processing': 'A payment is being processed',
    'transaction.completed': 'A payment was completed',
    'transaction.failed': 'A payment failed',
    'transaction.cancelled': 'A payment was cancelled',
    'transaction.partially_refunded': 'A payment was refunded in part',
    'transaction.refunded': 'A payment was refunded in full',
    'refund.created': 'A refund was created',
    'refund.processing': 'A refund is being processed',
    'refund.completed': 'A refund was completed',
    'refund.failed': 'A refund failed',
  } satisfies Record<(typeof webhookTypes)[number], string>,
  description:
    'Sent to your `webhook_url`, signed as Standard Webhooks says, in any order and perhaps twice. Answer within 10 seconds.',
};

/** Says more of a type that no payment or refund meets today. */
const notes: Record<string, string> = {
  'refund.processing':
    ' A refund is `processing` from its beginning, of which `refund.created` tells: this is for one that had to wait before.',
};

const tested = {
  summary: 'You asked for a test',
  description:
    'Sent once to your `webhook_url` when you call `POST /v1/partner/webhook/test`, signed like every other. The answer to your call says what came back. Answer within 10 seconds.',
  responses: {
    '2XX': { description: 'It was received.' },
    default: { description: 'It was not received. It is not sent again, and disables nothing.' },
  },
};

const examples: Readonly<Record<string, unknown>> = recorded.webhooks;

/** Adds what is sent to the webhook URL of a partner, by its type. */
export function documentWebhooks(document: OpenAPIObject): OpenAPIObject {
  const { summaries, description } = happened;
  const webhooks: Record<string, PathItem> = {};
  for (const [type, summary] of Object.entries(summaries)) {
    const schema = type.startsWith('refund.') ? 'RefundWebhook' : 'TransactionWebhook';
    const whole = `${description}${notes[type] ?? ''}`;
    webhooks[type] = webhookOf(type, schema, { summary, description: whole, responses });
  }
  webhooks['webhook.test'] = webhookOf('webhook.test', 'TestWebhook', tested);
  return { ...document, webhooks };
}

function webhookOf(type: string, schema: string, said: Said): PathItem {
  const example = examples[type];
  return {
    post: {
      operationId: `receive${type.split(/[._]/).map(capitalised).join('')}`,
      tags: ['Webhooks'],
      ...said,
      security: [],
      parameters,
      requestBody: {
        required: true,
        content: {
          'application/json': {
            schema: { $ref: `#/components/schemas/${schema}` },
            ...(example !== undefined && { example }),
          },
        },
      },
    },
  };
}

function capitalised(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
