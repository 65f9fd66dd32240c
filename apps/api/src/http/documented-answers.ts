import type { OpenAPIObject } from '@nestjs/swagger';
import recorded from './answer-examples.json' with { type: 'json' };
import { answersOf, operationsOf } from './documented-operations.js';
import ofDeliveries from './webhook-examples.json' with { type: 'json' };

interface Example {
  summary?: string;
  value: unknown;
}

const examples: Readonly<Record<string, Record<string, Example>>> = {
  ...recorded,
  ...ofDeliveries.answers,
};

const descriptions: Record<number, string> = {
  200: 'What was asked for.',
  201: 'It was made and recorded.',
  202: 'It was recorded, and is done soon after.',
  204: 'It was done.',
};

/** Describes the answers of success, each with what the application did answer to the example. */
export function documentAnswers(document: OpenAPIObject, audience: string): void {
  for (const { operation } of operationsOf(document)) {
    const own = examples[`${audience} ${operation.operationId}`] ?? {};
    for (const [status, answer] of answersOf(operation)) {
      answer.description ||= descriptions[status] ?? '';
      const content = answer.content?.['application/json'];
      if (content && Object.keys(own).length > 0) content.examples = own;
    }
  }
}
