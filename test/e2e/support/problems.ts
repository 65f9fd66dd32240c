import type { Answer } from '../../support/http.js';

/** An error document, as far as the tests read it. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: string;
  request_id: string;
  retryable?: boolean;
  refundable?: string;
  transaction_id?: string;
  mismatched_fields?: string[];
  errors?: { param: string; code: string; message: string }[];
}

const traces = /select |insert |update |constraint|violat|at \w+.*:\d+:\d+|node_modules/i;

/** Asserts that an answer is the problem document of one code, and tells nothing of our inside. */
export function expectProblem(answer: Answer<unknown>, status: number, code: string): Problem {
  const problem = answer.body as Problem;
  expect(problem).toMatchObject({ status, code });
  expect(answer.status).toBe(status);
  expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  expect(problem.type).toMatch(new RegExp(`/docs/errors/${code}$`));
  expect(problem.request_id).toBe(answer.headers.get('x-request-id'));
  expect(answer.text).not.toMatch(traces);
  return problem;
}

/** A problem without what differs from call to call. */
export function formOf(answer: Answer<unknown>) {
  const { request_id: _requestId, ...form } = answer.body as Problem;
  return { httpStatus: answer.status, contentType: answer.headers.get('content-type'), form };
}
