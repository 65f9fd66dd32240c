import { call } from '../../support/http.js';
import type { TestSystem } from '../../support/system.js';
import { addressesOf, type DocumentedCall, type Parameter } from './documented-calls.js';
import {
  exampleBodies,
  type Fixture,
  makeFullFixture,
  makeSimpleFixture,
} from './fuzz-fixtures.js';
import { steadyAnswer } from './steady-answers.js';

const shownKey = 'order-2041-payment';

/** What an operation answers to each of its examples as they stand, ids aside; none when it has no body. */
export async function answerToExamples(
  system: TestSystem,
  one: DocumentedCall,
  webhookUrl: string,
): Promise<Record<string, { value: unknown }>> {
  const answers: Record<string, { value: unknown }> = {};
  for (const [name, body] of Object.entries(exampleBodies(one))) {
    const value = await firstSuccess(system, one, webhookUrl, body);
    if (value !== undefined) answers[name] = { value: steadyAnswer(value) };
  }
  return answers;
}

/** Asks of what a partner has until something is in the state that the operation wants. */
async function firstSuccess(
  system: TestSystem,
  one: DocumentedCall,
  webhookUrl: string,
  body: unknown,
): Promise<unknown> {
  const told: string[] = [];
  for (const makeFixture of [makeSimpleFixture, makeFullFixture]) {
    const fixture = await makeFixture(system, webhookUrl);
    for (const address of addressesOf(withExamples(one), fixture.ids)) {
      const options = { key: keyOf(system, one, fixture), body, idempotencyKey: shownKey };
      const answer = await call<unknown>(system, one.method, address, options);
      if (answer.status < 300) return answer.body;
      told.push(answer.text);
    }
  }
  throw new Error(`${one.operationId} answers its example with no success: ${told.join('\n')}`);
}

function keyOf(system: TestSystem, { path }: DocumentedCall, { key }: Fixture): string {
  return path.startsWith('/admin/') ? system.credentials.admin_api_key : key;
}

/** Swagger UI sends every parameter that has an example. */
function withExamples(one: DocumentedCall): DocumentedCall {
  const parameters = one.parameters.map((each): Parameter => {
    return each.schema.example === undefined ? each : { ...each, required: true };
  });
  return { ...one, parameters };
}
