/** What a script makes of one call. An empty one leaves the call alone. */
export interface Fault {
  /**
   * The call is turned away and nothing is done: the socket is cut, the HTTP status is answered, or an error with a
   * code that the provider does not publish.
   */
  refuse?: 'connection' | 'unknown_code' | 500 | 429;
  /** The refusal meets only the first call with an idempotency key. */
  firstCallOnly?: boolean;
  /** The 500 is kept under the idempotency key, as Stripe does: every replay gets it again. */
  savesError?: true;
  /** Overrides what becomes of the money. */
  outcome?: 'decline' | 'settle' | 'late_success';
  /** Overrides what becomes of a refund. */
  refund?: 'late_fail';
  /** How the answer leaves, once the work is done. */
  reply?: 'withhold' | 'reset' | 'server_error' | 'garbage' | 'html' | 'endless';
  /** How the webhooks of this call leave. */
  webhooks?: 'before_reply' | 'repeated' | 'reversed';
  /** How long the call waits before any work is done. */
  latencyMs?: number;
}

interface FaultScript extends Fault {
  says: string;
}

/** The scripts, by name: `pm_sandbox_<name>` chooses one by token, `POST /_sandbox/behaviour` for any call. */
export const faultScripts = {
  timeout_then_success: {
    reply: 'withhold',
    says: 'The payment succeeds; the answer is held back until the client leaves, at most 60 s.',
  },
  timeout_then_fail: {
    outcome: 'decline',
    reply: 'withhold',
    says: 'The payment is declined; the answer is held back until the client leaves, at most 60 s.',
  },
  reset_after_commit: {
    reply: 'reset',
    says: 'The payment succeeds; the connection is reset instead of an answer.',
  },
  refuse_connection: {
    refuse: 'connection',
    says: 'Nothing is done; the connection is reset, every time. See also POST /_sandbox/outage.',
  },
  http_500_then_success: {
    reply: 'server_error',
    says: 'The payment succeeds, yet the answer is a 500; a replay gets the true answer.',
  },
  http_500: { refuse: 500, says: 'Nothing is done; the answer is a 500, every time.' },
  http_500_saved: {
    reply: 'server_error',
    savesError: true,
    says: 'The payment succeeds, yet the answer is a 500, and so is every replay (Stripe).',
  },
  http_500_saved_unpaid: {
    refuse: 500,
    savesError: true,
    says: 'Nothing is done; the answer is a 500 that stays under its key (Stripe).',
  },
  http_429_then_success: {
    refuse: 429,
    firstCallOnly: true,
    says: 'The first call gets a 429 with Retry-After and nothing is done; the next one succeeds.',
  },
  unknown_refusal: {
    refuse: 'unknown_code',
    says: 'Nothing is done; the request is refused with a code that the provider does not publish.',
  },
  garbage_body: {
    reply: 'garbage',
    says: 'The payment succeeds; the answer is a 200 that is no JSON.',
  },
  html_body: { reply: 'html', says: 'The payment succeeds; the answer is a 502 page of HTML.' },
  huge_body: { reply: 'endless', says: 'The payment succeeds; the answer is 100 MB long.' },
  webhook_before_response: {
    webhooks: 'before_reply',
    says: 'The webhook is delivered before the answer leaves.',
  },
  duplicate_webhooks: { webhooks: 'repeated', says: 'Each webhook is delivered 10 times.' },
  out_of_order_webhooks: {
    outcome: 'settle',
    webhooks: 'reversed',
    says: 'The payment is processing, then succeeds; the older webhook is delivered last.',
  },
  late_success: {
    outcome: 'late_success',
    says: 'The payment is declined, and succeeds later: the payer tried again.',
  },
  refund_late_fail: {
    refund: 'late_fail',
    says: 'The refund succeeds, and fails later.',
  },
} as const satisfies Record<string, FaultScript>;

type FaultName = keyof typeof faultScripts;

function isFaultName(name: string): name is FaultName {
  return Object.hasOwn(faultScripts, name);
}

/** The fault that a script's name stands for, `slow_<n>ms` included. */
export function faultNamed(name: string): Fault | undefined {
  const slow = /^slow_(\d{1,5})ms$/.exec(name);
  if (slow) return { latencyMs: Number(slow[1]) };
  return isFaultName(name) ? faultScripts[name] : undefined;
}

type RefusingFault = Fault & { refuse: NonNullable<Fault['refuse']> };

/** Which calls are turned away, with a memory for those that are so only the first time. */
export class Refusals {
  private readonly refusedOnce = new Set<string>();

  /** @param id tells the calls of one idempotency key from others */
  isRefused(fault: Fault, id: string): fault is RefusingFault {
    if (fault.refuse === undefined) return false;
    if (!fault.firstCallOnly) return true;
    const again = this.refusedOnce.has(id);
    this.refusedOnce.add(id);
    return !again;
  }
}
