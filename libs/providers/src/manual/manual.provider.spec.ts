import { charged, newIntent, newRefund } from '../contract/intents.js';
import { InvalidWebhookError } from '../port.js';
import { ManualProvider } from './manual.provider.js';

const manual = new ManualProvider();
const intent = newIntent('');

describe('the manual provider', () => {
  it('leaves a charge to people, under the same id when replayed', async () => {
    const outcome = await manual.charge(intent);
    expect(outcome).toMatchObject({ status: 'processing' });
    expect(await manual.charge(intent)).toEqual(outcome);
  });

  it('tells attempts apart', async () => {
    const second = { ...intent, idempotencyKey: `${intent.transactionId}.2` };
    expect(await charged(manual, second)).not.toBe(await charged(manual, intent));
  });

  it('leaves a refund to people', async () => {
    const refund = newRefund(intent, await charged(manual, intent));
    expect(await manual.refund(refund)).toMatchObject({
      status: 'processing',
      providerRefundId: expect.stringContaining(refund.refundId) as string,
    });
  });

  it('has no look-up and no webhooks', async () => {
    expect(await manual.fetch()).toBe('unsupported');
    expect(await manual.fetchRefund()).toBe('unsupported');
    await expect(manual.parseWebhook()).rejects.toThrow(InvalidWebhookError);
  });
});
