import { isDeepStrictEqual } from 'node:util';
import {
  ApiError,
  type NewTransaction,
  PaymentsClient,
  type Transaction,
  type TransactionEvent,
} from '@libs/client';
import type { Credentials } from '../credentials.js';
import type { Ledger } from './ledger.js';
import { OperatorApi } from './operator-api.js';
import { decideAsPayer, type Decision } from './payer.js';
import { timelineOf } from './timeline.js';
import type { Transcript } from './transcript.js';

const settleTimeoutMs = 15_000;
const pollMs = 100;
const labelWidth = 50;

/** What the scenarios of one chapter work with: the api, the payer, and the expectations that it counts. */
export class DemoRun {
  readonly partner: PaymentsClient;
  readonly operator: OperatorApi;
  /** What the api answered to the partner last, byte for byte. */
  lastAnswer = { text: '', isReplay: false };
  passed = 0;
  failed = 0;
  private readonly origins: string[];
  private complaints: string[] = [];

  constructor(
    credentials: Credentials,
    readonly ledger: Ledger,
    private readonly transcript: Transcript,
  ) {
    const { base_url: url, sandbox_url: sandbox } = credentials;
    const apiKey = credentials.partner_api_key;
    const recordedFetch: typeof fetch = (...request) => this.record(fetch(...request));
    this.partner = new PaymentsClient({ apiKey, baseUrl: url, fetch: recordedFetch });
    this.operator = new OperatorApi(url, credentials.admin_api_key);
    this.origins = [new URL(url).origin, new URL(sandbox).origin];
  }

  /** Does something and prints one line about it; what was expected and did not come, below. */
  async step(label: string, work: () => Promise<string>): Promise<void> {
    const startedAt = performance.now();
    this.complaints = [];
    const said = await work().catch((error: unknown) => {
      this.complain(error instanceof Error ? error.message : String(error));
      return '';
    });
    const { green, red, dim } = this.transcript.palette;
    const mark = this.complaints.length === 0 ? green('✓') : red('✗');
    const duration = dim(`${Math.round(performance.now() - startedAt)} ms`.padStart(8));
    this.transcript.print(`    ${mark} ${label.padEnd(labelWidth)} ${duration}  ${said}`.trimEnd());
    for (const complaint of this.complaints) this.transcript.print(`      ${red(complaint)}`);
  }

  /** Counts an expectation. */
  expect(what: string, actual: unknown, expected: unknown): void {
    if (isDeepStrictEqual(actual, expected)) this.passed++;
    else {
      this.complain(`${what}: expected ${JSON.stringify(expected)}, got ${JSON.stringify(actual)}`);
    }
  }

  pay(body: NewTransaction, idempotencyKey?: string): Promise<Transaction> {
    return this.partner.transactions.create(body, { idempotencyKey });
  }

  /** How the api refuses a call. */
  async refused(call: Promise<unknown>): Promise<ApiError> {
    const error = await call.then(
      () => new Error('it was not refused'),
      (reason: unknown) => reason,
    );
    if (error instanceof ApiError) return error;
    throw error;
  }

  /** The transaction once it has one of the statuses, or as it is when the time is over. */
  async reached(id: string, ...statuses: string[]): Promise<Transaction> {
    const deadline = Date.now() + settleTimeoutMs;
    for (;;) {
      const payment = await this.partner.transactions.get(id);
      if (statuses.includes(payment.status) || Date.now() > deadline) return payment;
      await new Promise((resolve) => setTimeout(resolve, pollMs));
    }
  }

  /** The payer decides on the provider's page, and lands somewhere. */
  visit(payment: Transaction, decision: Decision): Promise<string> {
    const url = payment.next_action?.url;
    if (!url) throw new Error(`the payment is ${payment.status} and sends the payer nowhere`);
    return decideAsPayer(url, decision, this.origins);
  }

  /** What happened to a payment, first to last. */
  async events(transactionId: string): Promise<TransactionEvent[]> {
    return (await this.partner.transactions.listEvents(transactionId)).data;
  }

  async timeline(transactionId: string): Promise<string> {
    return timelineOf(await this.events(transactionId), this.transcript.palette);
  }

  private async record(answer: Promise<Response>): Promise<Response> {
    const response = await answer;
    const text = await response.text();
    this.lastAnswer = { text, isReplay: response.headers.get('idempotent-replayed') === 'true' };
    return new Response(text, response);
  }

  private complain(text: string): void {
    this.failed++;
    this.complaints.push(text);
  }
}
