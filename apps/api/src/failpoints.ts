/** The moments between two steps at which a crash leaves something half done, by the way of the work. */
export const failpoints = [
  'create.before_intent',
  'create.after_intent',
  'confirm.before_intent',
  'confirm.after_intent',
  'cancel.before_intent',
  'cancel.after_intent',
  'cancel.after_provider',
  'cancel.after_outcome',
  'charge.after_provider',
  'charge.after_outcome',
  'answer.after_store',
  'resume.after_provider',
  'resume.after_outcome',
  'failover.after_open',
  'failover.after_begin',
  'failover.after_provider',
  'failover.after_outcome',
  'return.after_provider',
  'return.after_outcome',
  'refund.before_intent',
  'refund.after_intent',
  'refund.after_provider',
  'refund.after_outcome',
  'refund_resume.after_provider',
  'refund_resume.after_outcome',
  'refusal.before_store',
  'refusal.after_store',
  'payment_recovery.after_claim',
  'payment_recovery.after_provider',
  'payment_recovery.after_outcome',
  'refund_recovery.after_claim',
  'refund_recovery.after_provider',
  'refund_recovery.after_outcome',
  'webhook.before_store',
  'webhook.after_store',
  'webhook.after_claim',
  'webhook.after_outcome',
] as const;

/** A name of the list. */
export type Failpoint = (typeof failpoints)[number];

let armed: { name: Failpoint; hitsLeft: number } | undefined;

/** `<name>`, or `<name>:<n>` for the n-th time that the process comes by. */
export function parseFailpoint(text: string): { name: Failpoint; hitsLeft: number } | undefined {
  const [given, hits = '1'] = text.split(':');
  const name = failpoints.find((known) => known === given);
  return name && /^[1-9]\d{0,5}$/.test(hits) ? { name, hitsLeft: Number(hits) } : undefined;
}

/** Lets this process die at a failpoint. Only the configuration of tests names one. */
export function armFailpoint(named: typeof armed): void {
  armed = named;
}

/** The process dies here as by `kill -9` when a test armed this failpoint. */
export function failpoint(name: Failpoint): void {
  if (armed?.name === name && --armed.hitsLeft === 0) process.kill(process.pid, 'SIGKILL');
}
