import { settleMs } from '../testing/running-sandbox.js';
import { pspOf, type RunningAdyen, runAdyen } from '../testing/running-adyen.js';

describe('disputes of the Adyen sandbox', () => {
  let sandbox: RunningAdyen;

  beforeAll(async () => {
    sandbox = await runAdyen();
  });

  afterAll(() => sandbox.close());

  it.each([
    [
      'dispute_won',
      [
        ['NOTIFICATION_OF_CHARGEBACK', 'Undefended'],
        ['CHARGEBACK', 'Undefended'],
        ['CHARGEBACK_REVERSED', 'Pending'],
        ['ISSUER_RESPONSE_TIMEFRAME_EXPIRED', 'Won'],
      ],
    ],
    [
      'dispute_lost',
      [
        ['NOTIFICATION_OF_CHARGEBACK', 'Undefended'],
        ['CHARGEBACK', 'Lost'],
      ],
    ],
  ])('follow a payment with %s', async (token, expected) => {
    const psp = pspOf(await sandbox.pay(token));
    await sandbox.arrived('AUTHORISATION', psp);
    const disputes = new Set<string>();
    for (const [eventCode, disputeStatus] of expected) {
      const item = await sandbox.settled(eventCode, psp);
      expect(item).toMatchObject({ originalReference: psp, additionalData: { disputeStatus } });
      disputes.add(item.pspReference);
    }
    expect([...disputes]).toHaveLength(1);
    expect(sandbox.itemsAbout(psp)).toHaveLength(1 + expected.length);
  });

  it('tell of their opening, however slow the machine is', async () => {
    const { clock } = sandbox;
    const { now } = clock;
    let slowMs = 0;
    try {
      clock.now = () => now() + (slowMs += settleMs);
      const psp = pspOf(await sandbox.pay('dispute_lost'));
      const { pspReference } = await sandbox.arrived('NOTIFICATION_OF_CHARGEBACK', psp);
      expect(await sandbox.arrived('CHARGEBACK', psp)).toMatchObject({ pspReference });
    } finally {
      clock.now = now;
    }
  });

  const open = (psp: string, more = {}) =>
    sandbox.control('POST', 'disputes', { provider: 'adyen', payment_id: psp, ...more });
  const close = (id: string, outcome: string) =>
    sandbox.control('POST', 'disputes/close', { provider: 'adyen', id, outcome });

  it.each([
    ['won', ['CHARGEBACK', 'CHARGEBACK_REVERSED', 'ISSUER_RESPONSE_TIMEFRAME_EXPIRED']],
    ['lost', ['CHARGEBACK']],
  ])('are opened by hand, and are %s by hand', async (outcome, later) => {
    const psp = pspOf(await sandbox.pay('visa'));
    const { status, body } = await open(psp, { amount: 400 });
    expect(status).toBe(201);
    const { id } = body as { id: string };
    expect(await sandbox.arrived('NOTIFICATION_OF_CHARGEBACK', psp)).toMatchObject({
      pspReference: id,
      merchantReference: 'order-visa',
      amount: { currency: 'EUR', value: 400 },
      additionalData: { disputeStatus: 'Undefended' },
    });
    expect(await close(id, outcome)).toEqual({ status: 204, body: undefined });
    const [first = '', ...rest] = later;
    expect(await sandbox.arrived(first, psp)).toMatchObject({ pspReference: id });
    for (const eventCode of rest) await sandbox.settled(eventCode, psp);
    expect((await close(id, outcome)).status).toBe(400);
  });

  it('are not opened for more than was taken, nor closed before they are opened', async () => {
    const psp = pspOf(await sandbox.pay('visa'));
    expect((await open(psp, { amount: 1051 })).status).toBe(400);
    expect((await open(pspOf(await sandbox.pay('DECLINED')))).status).toBe(400);
    expect((await open('NOBODY')).status).toBe(400);
    expect((await close(psp, 'won')).status).toBe(400);
  });
});
