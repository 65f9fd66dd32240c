import { type AdyenReply, pspOf, type RunningAdyen, runAdyen } from '../testing/running-adyen.js';

describe('the payer on the pages of the Adyen sandbox', () => {
  let sandbox: RunningAdyen;

  beforeAll(async () => {
    sandbox = await runAdyen();
  });

  afterAll(() => sandbox.close());

  const pageOf = ({ body }: AdyenReply): string => (body['action'] as { url: string }).url;

  const decide = (url: string, decision: string): Promise<Response> =>
    fetch(url, { method: 'POST', body: new URLSearchParams({ decision }), redirect: 'manual' });

  /** Visits the page, and answers what the payer brings back. */
  const visit = async (begun: AdyenReply, decision: string): Promise<string> => {
    const answer = await decide(pageOf(begun), decision);
    expect(answer.status).toBe(303);
    const back = new URL(answer.headers.get('location') ?? '');
    expect(back.origin).toBe('https://shop.test');
    expect(back.searchParams.get('order')).toBe('7');
    return back.searchParams.get('redirectResult') ?? '';
  };

  const complete = (redirectResult: string): Promise<AdyenReply> =>
    sandbox.call('payments/details', { details: { redirectResult } });

  const ledger = async (transactionId: string): Promise<{ id: string }[]> => {
    const { body } = await sandbox.control('GET', `charges?transaction_id=${transactionId}`);
    return (body as { charges: { id: string }[] }).charges;
  };

  const ideal = (transaction: string): Promise<AdyenReply> =>
    sandbox.pay('visa', {
      paymentMethod: { type: 'ideal' },
      reference: `order-<b>${transaction}`,
      metadata: { transaction_id: transaction },
    });

  it('is sent there with a redirect and no pspReference yet', async () => {
    const { status, body } = await sandbox.pay('challenge');
    expect(status).toBe(200);
    expect(body).toEqual({
      resultCode: 'RedirectShopper',
      action: {
        type: 'redirect',
        method: 'GET',
        paymentMethodType: 'scheme',
        url: expect.stringMatching(`^${sandbox.url}/payer/adyen/`),
      },
    });
  });

  it('sees what to pay, with nothing of the text taken as HTML', async () => {
    const begun = await ideal('shown');
    const page = await (await fetch(pageOf(begun))).text();
    expect(page).toContain('10.50 EUR');
    expect(page).toContain('order-&#60;b&#62;shown');
    expect(await (await fetch(sandbox.url)).text()).toContain(pageOf(begun));
  });

  it('passes a challenge, and only the details take the money', async () => {
    const metadata = { transaction_id: 'passed' };
    const redirectResult = await visit(await sandbox.pay('challenge', { metadata }), 'approve');
    expect(await ledger('passed')).toEqual([]);
    const { body } = await complete(redirectResult);
    expect(body).toMatchObject({ resultCode: 'Authorised', merchantReference: 'order-challenge' });
    expect(await ledger('passed')).toMatchObject([
      { id: body['pspReference'], status: 'succeeded' },
    ]);
    await sandbox.arrived('AUTHORISATION', String(body['pspReference']));
    expect(await complete(redirectResult)).toMatchObject({
      status: 422,
      body: { errorCode: '704' },
    });
  });

  it('fails a challenge', async () => {
    const metadata = { transaction_id: 'failed' };
    const redirectResult = await visit(await sandbox.pay('challenge', { metadata }), 'decline');
    const answer = await complete(redirectResult);
    expect(answer.body).toMatchObject({ resultCode: 'Refused', refusalReasonCode: '11' });
    const item = await sandbox.arrived('AUTHORISATION', pspOf(answer));
    expect(item.success).toBe('false');
  });

  it('pays by iDEAL, and the webhook tells it though nobody comes back', async () => {
    await decide(pageOf(await ideal('gone')), 'approve');
    const [charge] = await ledger('gone');
    expect(charge).toMatchObject({ status: 'succeeded' });
    expect(await sandbox.arrived('AUTHORISATION', charge?.id ?? '')).toMatchObject({
      success: 'true',
      paymentMethod: 'ideal',
      merchantReference: 'order-<b>gone',
    });
  });

  it.each([
    ['approve', { resultCode: 'Authorised' }],
    ['decline', { resultCode: 'Refused', refusalReasonCode: '2' }],
  ])('chooses %s at a wallet, and the details tell it however often', async (decision, result) => {
    const paymentMethod = { type: 'alipay' };
    const redirectResult = await visit(await sandbox.pay('visa', { paymentMethod }), decision);
    for (const _time of [1, 2]) {
      expect((await complete(redirectResult)).body).toMatchObject(result);
    }
  });

  it('pays once, however often the button is pressed', async () => {
    const url = pageOf(await ideal('pressed'));
    await Promise.all([1, 2, 3].map(() => decide(url, 'approve')));
    expect(await ledger('pressed')).toHaveLength(1);
  });

  it('can not approve a payment that the merchant cancelled', async () => {
    const url = pageOf(await ideal('cancelled'));
    const { status, body } = await sandbox.call('cancels', {
      merchantAccount: 'SpecsCOM',
      paymentReference: 'order-<b>cancelled',
      reference: 'cancel-1',
    });
    expect({ status, body }).toEqual({
      status: 201,
      body: {
        merchantAccount: 'SpecsCOM',
        paymentReference: 'order-<b>cancelled',
        reference: 'cancel-1',
        pspReference: expect.any(String),
        status: 'received',
      },
    });
    expect(await (await decide(url, 'approve')).text()).toContain('has cancelled');
    expect(await ledger('cancelled')).toEqual([]);
    const item = await sandbox.settled('TECHNICAL_CANCEL', String(body['pspReference']));
    expect(item).toMatchObject({ success: 'true', merchantReference: 'cancel-1' });
  });

  it('needs a link that exists and a decision', async () => {
    const begun = await ideal('undecided');
    expect((await fetch(`${sandbox.url}/payer/adyen/nobody`)).status).toBe(404);
    expect((await decide(`${sandbox.url}/payer/adyen/nobody`, 'approve')).status).toBe(404);
    expect((await decide(pageOf(begun), 'maybe')).status).toBe(400);
  });

  it('has to come back before the details are of use', async () => {
    const unknown = await complete('never-seen');
    expect(unknown).toMatchObject({ status: 422, body: { errorType: 'validation' } });
    const none = await sandbox.call('payments/details', { details: {} });
    expect(none).toMatchObject({ status: 422, body: { errorCode: '14_002' } });
  });
});
