import { isDeepStrictEqual } from 'node:util';
import type { Credentials } from '../credentials.js';
import type { Progress } from '../terminal.js';
import { PartnerClient } from './partner-client.js';
import type { Answer, TimelineEvent, Transaction } from './partner-client.js';
import { timelineLines } from './timeline.js';

const settleTimeoutMs = 20_000;
const pollMs = 150;
const openStatuses = new Set(['pending', 'processing']);

/** What a scenario works with: the api, the ledger of the sandbox, and the checks that it counts. */
export class DemoRun {
  readonly partner: PartnerClient;
  passed = 0;
  failed = 0;

  constructor(
    private readonly credentials: Credentials,
    private readonly progress: Progress,
  ) {
    this.partner = new PartnerClient(credentials.base_url, credentials.partner_api_key);
  }

  /** Creates a payment and waits until its outcome is known. */
  async pay(label: string, body: object, idempotencyKey?: string): Promise<Answer<Transaction>> {
    const answer = await this.step(label, () =>
      this.partner.post<Transaction>('/v1/transactions', body, idempotencyKey),
    );
    if (answer.status !== 201) this.note(answer.text.slice(0, 400));
    return answer;
  }

  /** The transaction when it is no longer open, or as it is after 20 s. */
  async settled(id: string): Promise<Transaction> {
    return this.progress.watch('waiting for the outcome', () =>
      this.poll(id, ({ status }) => !openStatuses.has(status)),
    );
  }

  /** Waits until a payment has a status, since a refund may complete after its answer. */
  async reached(id: string, status: string, refundable: string): Promise<void> {
    const payment = await this.progress.watch(`waiting for ${status}`, () =>
      this.poll(id, (current) => current.status === status),
    );
    this.expect(`the payment is ${status}`, payment.status, status);
    this.expect(`${refundable} can still be refunded`, payment.amount_refundable, refundable);
  }

  /** Makes a call, shows it while it lasts, and prints how it was answered. */
  async step<Body>(label: string, call: () => Promise<Answer<Body>>): Promise<Answer<Body>> {
    const startedAt = performance.now();
    const answer = await this.progress.watch(label, call);
    const { dim, bold } = this.progress.palette;
    const duration = `${Math.round(performance.now() - startedAt)} ms`;
    this.progress.print(`    ${bold(String(answer.status))} ${label}  ${dim(duration)}`);
    return answer;
  }

  async showTimeline(transactionId: string): Promise<TimelineEvent[]> {
    const path = `/v1/transactions/${transactionId}/events?limit=100`;
    const { body } = await this.partner.get<{ data?: TimelineEvent[] }>(path);
    const events = body.data ?? [];
    for (const line of timelineLines(events, this.progress.palette)) this.progress.print(line);
    return events;
  }

  /** How many charges the sandbox made for a transaction: the truth about the money. */
  async chargeCount(transactionId: string): Promise<number> {
    const url = `${this.credentials.sandbox_url}/_sandbox/charges?transaction_id=${transactionId}`;
    const response = await fetch(url, { signal: AbortSignal.timeout(10_000) });
    const { charges } = (await response.json()) as { charges: { status: string }[] };
    return charges.filter(({ status }) => status === 'succeeded').length;
  }

  /** Counts an expectation and prints it; a failed one shows what came instead. */
  expect(what: string, actual: unknown, expected: unknown): void {
    const { green, red, dim } = this.progress.palette;
    if (isDeepStrictEqual(actual, expected)) {
      this.passed++;
      this.progress.print(`    ${green('✓')} ${dim(what)}`);
      return;
    }
    this.failed++;
    const difference = `expected ${JSON.stringify(expected)}, got ${JSON.stringify(actual)}`;
    this.progress.print(`    ${red('✗')} ${what}: ${difference}`);
  }

  note(text: string): void {
    this.progress.print(`    ${this.progress.palette.dim(text)}`);
  }

  private async poll(id: string, isDone: (current: Transaction) => boolean): Promise<Transaction> {
    const deadline = Date.now() + settleTimeoutMs;
    for (;;) {
      const { body } = await this.partner.get<Transaction>(`/v1/transactions/${id}`);
      if (isDone(body) || Date.now() > deadline) return body;
      await new Promise((resolve) => setTimeout(resolve, pollMs));
    }
  }
}
