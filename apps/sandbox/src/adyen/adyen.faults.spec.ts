import { faultScripts } from '../faults.js';
import {
  type AdyenReply,
  paymentBy,
  pspOf,
  type RunningAdyen,
  runAdyen,
} from '../testing/running-adyen.js';

interface Row {
  id: string;
  status: string;
}

const patienceMs = 250;

describe('fault scripts of the Adyen sandbox', () => {
  let sandbox: RunningAdyen;

  beforeAll(async () => {
    sandbox = await runAdyen();
  });

  afterAll(() => sandbox.close());

  const bodyOf = (script: string): string => JSON.stringify(paymentBy(script));

  const pay = (script: string): Promise<AdyenReply> =>
    sandbox.call('payments', bodyOf(script), { 'idempotency-key': script });

  const send = (script: string, signal?: AbortSignal): Promise<Response> => {
    const headers = { 'x-api-key': 'specs', 'idempotency-key': script };
    const url = `${sandbox.url}/v72/payments`;
    return fetch(url, { method: 'POST', headers, body: bodyOf(script), signal });
  };

  const ledger = async (transactionId: string): Promise<Row[]> => {
    const { body } = await sandbox.control('GET', `charges?transaction_id=${transactionId}`);
    return (body as { charges: Row[] }).charges;
  };

  /** Waits for the answer until the work is done, and not any longer. */
  const leaveUnanswered = async (script: string): Promise<void> => {
    const patience = new AbortController();
    const end = send(script, patience.signal).then(
      () => 'answered',
      () => 'left',
    );
    while ((await ledger(script)).length === 0);
    patience.abort();
    expect(await end).toBe('left');
  };

  it('timeout_then_success: the answer is lost, the money moved, and a replay tells', async () => {
    const script = 'timeout_then_success';
    await leaveUnanswered(script);
    expect(await ledger(script)).toMatchObject([{ status: 'succeeded' }]);
    const replay = await pay(script);
    expect(replay.body).toMatchObject({ resultCode: 'Authorised' });
    expect(await ledger(script)).toHaveLength(1);
    await sandbox.arrived('AUTHORISATION', pspOf(replay));
  });

  it('timeout_then_fail: the answer is lost, no money moved, and a replay tells', async () => {
    const script = 'timeout_then_fail';
    await leaveUnanswered(script);
    expect(await ledger(script)).toMatchObject([{ status: 'failed' }]);
    expect((await pay(script)).body).toMatchObject({ resultCode: 'Refused' });
  });

  it('reset_after_commit: the connection breaks, the money moved, and a replay tells', async () => {
    await expect(send('reset_after_commit')).rejects.toThrow('fetch failed');
    expect(await ledger('reset_after_commit')).toMatchObject([{ status: 'succeeded' }]);
    expect((await pay('reset_after_commit')).body).toMatchObject({ resultCode: 'Authorised' });
    expect(await ledger('reset_after_commit')).toHaveLength(1);
  });

  it('refuse_connection: nothing is done, however often it is tried', async () => {
    for (const _attempt of [1, 2]) {
      await expect(send('refuse_connection')).rejects.toThrow('fetch failed');
    }
    expect(await ledger('refuse_connection')).toEqual([]);
  });

  it('http_500_then_success: a 500 though the money moved, and a replay tells', async () => {
    const first = await pay('http_500_then_success');
    expect(first).toMatchObject({ status: 500, body: { status: 500, errorType: 'internal' } });
    expect(await ledger('http_500_then_success')).toMatchObject([{ status: 'succeeded' }]);
    expect((await pay('http_500_then_success')).body).toMatchObject({ resultCode: 'Authorised' });
    expect(await ledger('http_500_then_success')).toHaveLength(1);
  });

  it('http_500: nothing is done', async () => {
    expect((await pay('http_500')).status).toBe(500);
    expect(await ledger('http_500')).toEqual([]);
  });

  it('unknown_refusal: nothing is done, for a reason that nobody knows', async () => {
    const refused = { status: 422, body: { errorCode: '999', errorType: 'validation' } };
    expect(await pay('unknown_refusal')).toMatchObject(refused);
    expect(await ledger('unknown_refusal')).toEqual([]);
  });

  it('http_429_then_success: nothing is done at first, and the client is told to wait', async () => {
    const first = await pay('http_429_then_success');
    expect(first.status).toBe(429);
    expect(first.headers.get('retry-after')).toBe('1');
    expect(await ledger('http_429_then_success')).toEqual([]);
    expect((await pay('http_429_then_success')).body).toMatchObject({ resultCode: 'Authorised' });
  });

  it.each(['garbage_body', 'html_body'])(
    '%s: the money moved, the answer makes no sense, and a replay tells',
    async (script) => {
      const text = await (await send(script)).text();
      expect(() => JSON.parse(text) as unknown).toThrow(SyntaxError);
      expect(await ledger(script)).toMatchObject([{ status: 'succeeded' }]);
      await (await send(script)).text();
      expect(await ledger(script)).toHaveLength(1);
    },
  );

  it('huge_body: the money moved, and the answer does not end', async () => {
    const reader = (await send('huge_body')).body?.getReader();
    for (let bytes = 0; bytes < 5_000_000;) bytes += (await reader?.read())?.value?.length ?? NaN;
    await reader?.cancel();
    expect(await ledger('huge_body')).toMatchObject([{ status: 'succeeded' }]);
  });

  it('webhook_before_response: the webhook comes first, for refunds too', async () => {
    const psp = pspOf(await pay('webhook_before_response'));
    expect(sandbox.itemsAbout(psp)).toHaveLength(1);
    const amount = { currency: 'EUR', value: 1 };
    const body = { merchantAccount: 'SpecsCOM', amount };
    const refund = pspOf(await sandbox.call(`payments/${psp}/refunds`, body));
    expect(sandbox.itemsAbout(refund)).toMatchObject([{ eventCode: 'REFUND', success: 'true' }]);
  });

  it('duplicate_webhooks: the same event comes ten times', async () => {
    const psp = pspOf(await pay('duplicate_webhooks'));
    const last = await sandbox.arrived('AUTHORISATION', psp, 10);
    expect(sandbox.itemsAbout(psp)[0]).toEqual(last);
  });

  it('out_of_order_webhooks: the older one comes last', async () => {
    const answer = await pay('out_of_order_webhooks');
    expect(answer.body).toMatchObject({ resultCode: 'Pending' });
    await sandbox.settled('AUTHORISATION', pspOf(answer));
    await sandbox.settled('PENDING', pspOf(answer));
    expect(sandbox.itemsAbout(pspOf(answer)).map(({ eventCode }) => eventCode)).toEqual([
      'AUTHORISATION',
      'PENDING',
    ]);
  });

  it('late_success: a decline, and then the money moves after all', async () => {
    const answer = await pay('late_success');
    expect(answer.body).toMatchObject({ resultCode: 'Refused' });
    expect((await sandbox.arrived('AUTHORISATION', pspOf(answer))).success).toBe('false');
    sandbox.clock.advance(500);
    const second = await sandbox.arrived('AUTHORISATION', pspOf(answer), 2);
    expect(second.success).toBe('true');
    expect(await ledger('late_success')).toMatchObject([{ status: 'succeeded' }]);
  });

  it('refund_late_fail: the payment is an ordinary one', async () => {
    expect((await pay('refund_late_fail')).body).toMatchObject({ resultCode: 'Authorised' });
  });

  it('meets any call when the control endpoint asks for it', async () => {
    const psp = pspOf(await sandbox.pay('visa', { metadata: { transaction_id: 'asked' } }));
    const path = `/v72/payments/${psp}/refunds`;
    await sandbox.control('POST', 'behaviour', { script: 'reset_after_commit', path });
    const refund = (): Promise<AdyenReply> =>
      sandbox.call(
        `payments/${psp}/refunds`,
        { merchantAccount: 'SpecsCOM', amount: { currency: 'EUR', value: 1050 } },
        { 'idempotency-key': 'asked-refund' },
      );
    await expect(refund()).rejects.toThrow('fetch failed');
    const replay = await refund();
    expect(replay).toMatchObject({ status: 201, body: { status: 'received' } });
    expect(await sandbox.settled('REFUND', pspOf(replay))).toMatchObject({ success: 'true' });
    const { body } = await sandbox.control('GET', 'refunds?transaction_id=asked');
    expect(body).toMatchObject({
      refunds: [{ idempotency_key: 'asked-refund', status: 'succeeded', amount: 1050 }],
    });
  });

  it.each(Object.keys(faultScripts))(
    '%s: charges at most once, however often it is tried',
    async (script) => {
      const id = `once-${script}`;
      const body = JSON.stringify(paymentBy(script, { metadata: { transaction_id: id } }));
      const headers = { 'x-api-key': 'specs', 'idempotency-key': id };
      for (const _attempt of [1, 2, 3]) {
        const signal = AbortSignal.timeout(patienceMs);
        const call = fetch(`${sandbox.url}/v72/payments`, {
          method: 'POST',
          headers,
          body,
          signal,
        });
        await call.then((answer) => answer.body?.cancel()).catch(() => {});
      }
      expect((await ledger(id)).length).toBeLessThan(2);
    },
  );
});
