import type { Dispatcher } from 'undici';
import { containsCardNumber } from '../../http/card-data.js';
import type { DeliveryFailure, DeliveryOutcome } from './delivery-outcome.js';
import { retryAfterMs } from './delivery-schedule.js';
import { ConnectionError } from './guarded-agent.js';

const mostAnswerBytes = 65_536;
const keptAnswerBytes = 1_024;

/** Errors of our own making: nothing was sent, and the receiver is not to blame. */
const ownFault = /^UND_ERR_(?:INVALID|NOT_SUPPORTED|CLOSED|DESTROYED)/;

/**
 * One webhook and its answer, whose end comes in time whatever the receiver does: the clock runs from the start, over
 * the look-up, the connection and a wait for one that is free.
 */
export class WebhookExchange implements Dispatcher.DispatchHandlers {
  private readonly startedAt = performance.now();
  private readonly deadline: NodeJS.Timeout;
  private abort: (() => void) | undefined;
  private settled = false;
  private httpStatus = 0;
  private retryAfter: string | undefined;
  private receivedBytes = 0;
  private readonly kept = Buffer.alloc(keptAnswerBytes);

  constructor(
    timeoutMs: number,
    private readonly resolve: (outcome: DeliveryOutcome) => void,
    private readonly reject: (error: Error) => void,
  ) {
    this.deadline = setTimeout(() => this.breakOff('timeout'), timeoutMs);
  }

  onConnect(abort: () => void): void {
    this.abort = abort;
    if (this.settled) abort();
  }

  onHeaders(httpStatus: number, rawHeaders: Buffer[]): boolean {
    this.httpStatus = httpStatus;
    this.retryAfter = undefined;
    for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
      const name = String(rawHeaders[i]).toLowerCase();
      if (name === 'retry-after') this.retryAfter = String(rawHeaders[i + 1]);
    }
    return true;
  }

  onData(chunk: Buffer): boolean {
    if (this.receivedBytes < keptAnswerBytes) chunk.copy(this.kept, this.receivedBytes);
    this.receivedBytes += chunk.length;
    if (this.receivedBytes > mostAnswerBytes) this.breakOff('answer_too_large');
    return true;
  }

  onComplete(): void {
    if (!this.settle()) return;
    const { httpStatus, durationMs } = this;
    const answer = toSafeText(this.kept.subarray(0, this.receivedBytes));
    const asked = retryAfterMs(this.retryAfter, new Date());
    this.resolve({ kind: 'answered', httpStatus, durationMs, answer, retryAfterMs: asked });
  }

  onError(error: Error & { code?: string }): void {
    if (!ownFault.test(error.code ?? '')) this.fail(reasonOf(error));
    else if (this.settle()) this.reject(error);
  }

  private get durationMs(): number {
    return Math.round(performance.now() - this.startedAt);
  }

  private breakOff(reason: DeliveryFailure): void {
    this.fail(reason);
    this.abort?.();
  }

  private fail(reason: DeliveryFailure): void {
    const { durationMs } = this;
    if (this.settle()) this.resolve({ kind: 'failed', reason, durationMs });
  }

  private settle(): boolean {
    if (this.settled) return false;
    this.settled = true;
    clearTimeout(this.deadline);
    return true;
  }
}

function reasonOf(error: Error & { code?: string }): DeliveryFailure {
  if (error instanceof ConnectionError) return error.reason;
  if (error.code === 'UND_ERR_HEADERS_OVERFLOW') return 'answer_too_large';
  return error.name === 'HTTPParserError' ? 'answer_malformed' : 'reset';
}

/**
 * A character that was cut in two is left out; what is invalid, invisible or a control becomes U+FFFD. Of an answer with
 * a card number nothing is kept.
 */
function toSafeText(bytes: Buffer): string {
  const text = new TextDecoder().decode(bytes, { stream: true });
  if (containsCardNumber(text)) return '[left out: it contains a card number]';
  return text.replaceAll(/[^\P{C}\t\r\n]/gu, '\uFFFD');
}
