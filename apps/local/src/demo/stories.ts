import { randomUUID } from 'node:crypto';
import type { NewRefund, NewTransaction, Refund, Transaction } from '@libs/client';
import type { DemoRun } from './demo-run.js';
import type { Decision } from './payer.js';
import type { Scenario } from './scenario.js';

/** A payment as a scenario writes it down. */
export interface Wish extends Omit<NewTransaction, 'customer_email'> {
  /** What the payer does on the provider's page, where there is one. */
  payer?: Decision;
}

const returnUrl = 'https://shop.example/thanks';
const ended = ['completed', 'failed', 'cancelled'];

/** A payment that is completed: at once, by a webhook, or once its payer approved. */
export function completes(title: string, wish: Wish): Scenario {
  return {
    title,
    play: (demo) =>
      demo.step(`${title}: ${sumOf(wish)}`, async () => {
        const payment = await paid(demo, title, wish);
        return demo.timeline(payment.id);
      }),
  };
}

/** A payment that is declined, with the reason in our words. */
export function declines(title: string, wish: Wish, reason: string): Scenario {
  return {
    title,
    play: (demo) =>
      demo.step(`${title}: ${sumOf(wish)}`, async () => {
        const payment = await settle(demo, title, wish, 0);
        demo.expect('status', payment.status, 'failed');
        demo.expect('reason', payment.decline_code, reason);
        return `${await demo.timeline(payment.id)}  ${payment.decline_code ?? ''}`;
      }),
  };
}

/** The provider takes the money and its answer is lost: nobody guesses until the provider tells. */
export function recovers(title: string, wish: Wish): Scenario {
  return {
    title,
    play: (demo) =>
      demo.step(`${title}: ${sumOf(wish)}`, async () => {
        const key = `demo-${randomUUID()}`;
        const first = await demo.pay(bodyOf(wish), key);
        noteCharge(demo, title, wish, first, 1);
        demo.expect('status without an answer', first.status, 'processing');
        const payment = await demo.reached(first.id, ...ended);
        demo.expect('status', payment.status, 'completed');
        const events = await demo.events(first.id);
        const story = events.map(({ event_type }) => event_type);
        demo.expect('the story', story, ['created', 'outcome_unknown', 'payment_completed']);
        demo.expect('the attempts', await attemptsOf(demo, first.id), [
          { provider: first.provider, status: 'completed', certainty: 'confirmed' },
        ]);
        const again = await demo.pay(bodyOf(wish), key);
        demo.expect('a repeated request makes another payment', again.id !== first.id, false);
        return demo.timeline(first.id);
      }),
  };
}

/** A part is paid back, more than the rest is refused, and then the rest. */
export function refunds(title: string, wish: Wish, part: string, rest: string): Scenario {
  return {
    title,
    async play(demo) {
      let id = '';
      await demo.step(`${title}: ${sumOf(wish)}`, async () => {
        ({ id } = await paid(demo, title, wish));
        return demo.timeline(id);
      });
      if (id === '') return;
      await demo.step(`${title}: ${part} of it back`, async () => {
        const made = await refund(demo, id, { amount: part });
        demo.expect('the refund is accepted', made.amount, part);
        demo.ledger.noteRefund(id, part);
        return refundedTo(demo, id, 'partially_refunded', rest);
      });
      await demo.step(`${title}: more than the rest`, async () => {
        const { status, code } = await demo.refused(refund(demo, id, { amount: wish.amount }));
        demo.expect('the refusal', [status, code], [422, 'refund_exceeds_amount']);
        return String(code);
      });
      await demo.step(`${title}: the rest`, async () => {
        const made = await refund(demo, id, {});
        demo.expect('the rest', made.amount, rest);
        demo.ledger.noteRefund(id, rest);
        return refundedTo(demo, id, 'refunded', '0.00');
      });
    },
  };
}

/** Makes a payment and waits until it is completed. */
export async function paid(demo: DemoRun, title: string, wish: Wish): Promise<Transaction> {
  const payment = await settle(demo, title, wish, 1);
  demo.expect('status', payment.status, 'completed');
  demo.expect('sum', `${payment.amount} ${payment.currency}`, sumOf(wish));
  return payment;
}

/** Notes what the ledger must have of a payment, at the provider that was wished for or else chosen. */
export function noteCharge(
  demo: DemoRun,
  title: string,
  wish: Wish,
  { id, provider }: Transaction,
  charges: 0 | 1,
): void {
  const { amount, currency, payment_method: method } = wish;
  demo.ledger.note({
    ...{ title, id, provider: wish.provider ?? provider },
    ...{ method, amount, currency, charges },
  });
}

export function bodyOf({ payer, ...wish }: Wish): NewTransaction {
  const browser = { customer_email: 'ada@example.com', reference: 'demo' };
  return { ...wish, ...browser, ...(payer ? { return_url: returnUrl } : {}) };
}

export function sumOf({ amount, currency }: Wish): string {
  return `${amount} ${currency}`;
}

export function refund(
  demo: DemoRun,
  id: string,
  body: Omit<NewRefund, 'reason'>,
): Promise<Refund> {
  return demo.partner.refunds.create(id, { ...body, reason: 'requested by the customer' });
}

export async function refundedTo(
  demo: DemoRun,
  id: string,
  status: string,
  refundable: string,
): Promise<string> {
  const payment = await demo.reached(id, status);
  demo.expect('status', payment.status, status);
  demo.expect('refundable', payment.amount_refundable, refundable);
  return `${payment.status}, ${payment.amount_refundable} left`;
}

async function attemptsOf(demo: DemoRun, id: string): Promise<object[]> {
  const { attempts = [] } = await demo.partner.transactions.get(id, { expand: ['attempts'] });
  return attempts.map(({ provider, status, certainty }) => ({ provider, status, certainty }));
}

async function settle(
  demo: DemoRun,
  title: string,
  wish: Wish,
  charges: 0 | 1,
): Promise<Transaction> {
  const created = await demo.pay(bodyOf(wish));
  noteCharge(demo, title, wish, created, charges);
  if (wish.provider) demo.expect('provider', created.provider, wish.provider);
  if (wish.payer) {
    const landed = await demo.visit(created, wish.payer);
    demo.expect('the payer is back', landed.startsWith(returnUrl), true);
  }
  return demo.reached(created.id, ...ended);
}
