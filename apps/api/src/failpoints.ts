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
  'delivery.after_claim',
  'delivery.after_answer',
  'lifecycle.before_commit',
  'lifecycle.after_batch',
] as const;

/** A name of the list. */
export type Failpoint = (typeof failpoints)[number];

/** A failpoint, and which time of all that the process comes by. */
export interface ArmedFailpoint {
  name: Failpoint;
  time: number;
}

let armed: readonly ArmedFailpoint[] = [];
const passed = new Map<Failpoint, number>();

/** `<name>`, or `<name>:<n>` for the n-th time that the process comes by; several with commas between. */
export function parseFailpoints(text: string): ArmedFailpoint[] | undefined {
  const parsed = text.split(',').map((part) => {
    const [given, time = '1'] = part.split(':');
    const name = failpoints.find((known) => known === given);
    return name && /^[1-9]\d{0,5}$/.test(time) ? { name, time: Number(time) } : undefined;
  });
  return parsed.every((one) => one !== undefined) ? parsed : undefined;
}

/** Lets this process die at failpoints. Only the configuration of tests names any. */
export function armFailpoint(named: readonly ArmedFailpoint[] = []): void {
  armed = named;
}

/**
 * What comes by an armed failpoint goes no further, as if the process had died there already. With the
 * last that is armed it dies, as by `kill -9`: so one process can die of many pieces of work.
 */
export async function failpoint(name: Failpoint): Promise<void> {
  if (armed.length === 0) return;
  const time = (passed.get(name) ?? 0) + 1;
  passed.set(name, time);
  const left = armed.filter((one) => one.name !== name || one.time !== time);
  if (left.length === armed.length) return;
  armed = left;
  process.stderr.write(`held at ${name}\n`);
  if (armed.length === 0) process.kill(process.pid, 'SIGKILL');
  await new Promise(() => undefined);
}
