import { isDeepStrictEqual } from 'node:util';
import type { Credentials } from '../credentials.js';
import { ApiClient } from './api-client.js';
import type { Answer, TimelineEvent, Transaction } from './api-client.js';
import type { Ledger } from './ledger.js';
import { decideAsPayer, type Decision } from './payer.js';
import { inOrder, timelineOf } from './timeline.js';
import type { Transcript } from './transcript.js';

const settleTimeoutMs = 15_000;
const pollMs = 100;
const labelWidth = 50;

/** What the scenarios of one chapter work with: the api, the payer, and the expectations that it counts. */
export class DemoRun {
  readonly partner: ApiClient;
  readonly operator: ApiClient;
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
    this.partner = new ApiClient(url, credentials.partner_api_key);
    this.operator = new ApiClient(url, credentials.admin_api_key);
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

  /** Creates a payment, or says why there is none. */
  async pay(body: object, idempotencyKey?: string): Promise<Answer<Transaction>> {
    const answer = await this.partner.post<Transaction>('/v1/transactions', body, idempotencyKey);
    if (answer.status === 201) return answer;
    throw new Error(`no payment: ${answer.status} ${answer.text.slice(0, 300)}`);
  }

  /** The transaction once it has one of the statuses, or as it is when the time is over. */
  async reached(id: string, ...statuses: string[]): Promise<Transaction> {
    const deadline = Date.now() + settleTimeoutMs;
    for (;;) {
      const { body } = await this.partner.get<Transaction>(`/v1/transactions/${id}`);
      if (statuses.includes(body.status) || Date.now() > deadline) return body;
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
  async events(transactionId: string): Promise<TimelineEvent[]> {
    const path = `/v1/transactions/${transactionId}/events?limit=100`;
    const { body } = await this.partner.get<{ data?: TimelineEvent[] }>(path);
    return inOrder(body.data ?? []);
  }

  async timeline(transactionId: string): Promise<string> {
    return timelineOf(await this.events(transactionId), this.transcript.palette);
  }

  private complain(text: string): void {
    this.failed++;
    this.complaints.push(text);
  }
}
