import type { OpenAPIObject } from '@nestjs/swagger';
import {
  DeletedResourceDto,
  RefundWebhookDto,
  TestWebhookDto,
  TransactionWebhookDto,
  webhookTypes,
} from '../modules/deliveries/index.js';
import { isLivemode } from '../livemode.js';
import { answerExamples } from './documented-answers.js';

type PathItem = OpenAPIObject['paths'][string];

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

/** Adds what is sent to the webhook URL of a partner, by its type. */
export function documentWebhooks(document: OpenAPIObject): OpenAPIObject {
  const types = [...webhookTypes, 'webhook.test'];
  const webhooks = Object.fromEntries(types.map((type) => [type, webhookOf(type)]));
  return { ...document, webhooks };
}

function webhookOf(type: string): PathItem {
  const [resource = '', what = ''] = type.split('.');
  const [name, title] = {
    transaction: ['TransactionWebhook', `A payment became \`${what}\``],
    refund: ['RefundWebhook', `A refund became \`${what}\``],
  }[resource] ?? ['TestWebhook', 'You asked for a test'];
  const example = exampleOf(type);
  return {
    post: {
      operationId: `receive${type.split(/[._]/).map(capitalised).join('')}`,
      tags: ['Webhooks'],
      summary: title,
      description:
        'Sent to your `webhook_url`, signed as Standard Webhooks says, in any order and perhaps twice. Answer within 10 seconds.',
      security: [],
      parameters,
      requestBody: {
        required: true,
        content: {
          'application/json': {
            schema: { $ref: `#/components/schemas/${name}` },
            ...(example !== undefined && { example }),
          },
        },
      },
      responses,
    },
  };
}

/** The examples of answers, as a webhook carries them. */
function exampleOf(type: string): unknown {
  const id = '01a204f6-8b30-7d1e-8000-3f6a9c2b5e44';
  const envelope = { id, type, timestamp: '2026-11-02T09:30:01.000Z', sequence: 3 };
  const about = { api_version: 'v1', livemode: isLivemode() };
  const sources: Record<string, string[]> = {
    'transaction.completed': ['createTransaction', 'stripe'],
    'refund.completed': ['createRefund', 'answer'],
  };
  const [operationId = '', name = ''] = sources[type] ?? [];
  const object = answerExamples('partners', operationId)[name]?.value;
  if (object !== undefined) {
    return { ...envelope, ...about, data: { object, previous_status: 'processing' } };
  }
  if (type !== 'webhook.test') return undefined;
  const tested = { object: 'webhook_test', id };
  return { ...envelope, sequence: 0, ...about, data: { object: tested, previous_status: null } };
}

function capitalised(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
