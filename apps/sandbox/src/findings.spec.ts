import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Findings } from './findings.js';
import { Journal } from './journal.js';
import { ImpossibleAnswerError } from './shape.js';
import { manualClock } from './testing/manual-clock.js';
import { type RunningSandbox, runSandbox } from './testing/running-sandbox.js';

describe('what the sandbox found', () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'findings-'));
  const stateFile = path.join(directory, 'state');
  let sandbox: RunningSandbox;

  const found = async (): Promise<unknown> => (await sandbox.control('GET', 'findings')).body;

  beforeAll(async () => {
    sandbox = await runSandbox({ webhooks: false, stateFile });
  });

  beforeEach(() => sandbox.control('DELETE', 'findings'));

  afterAll(async () => {
    await sandbox.close();
    rmSync(directory, { recursive: true });
  });

  it('holds a field and a route that nobody publishes, also when the state is wiped', async () => {
    const url = `${sandbox.url}/v1/refunds?limit=1&surprise=1`;
    await fetch(url, { headers: { authorization: 'Bearer sk_test_specs' } });
    await fetch(`${sandbox.url}/v72/payments/1`);
    await sandbox.control('DELETE', 'state');
    expect(await found()).toEqual({
      findings: [
        {
          kind: 'unknown_field',
          call: 'GET /v1/refunds',
          says: 'Received unknown parameter: surprise',
        },
        {
          kind: 'unknown_route',
          call: 'GET /v72/payments/1',
          says: 'Checkout v72 has no such call',
        },
      ],
    });
  });

  /** Restarts with a currency that no answer can have. */
  const breakState = async (webhooks = false): Promise<void> => {
    await sandbox.close();
    const state = readFileSync(stateFile, 'utf8');
    writeFileSync(stateFile, state.replaceAll('"currency":"jpy"', '"currency":5'));
    sandbox = await runSandbox({ webhooks, stateFile });
  };

  it('holds an answer that the specification does not allow, also after a restart', async () => {
    const { id } = await sandbox.stripe.paymentIntents.create({ amount: 500, currency: 'jpy' });
    await breakState();
    const call = `GET /v1/payment_intents/${id}`;
    const says = 'payment_intent.currency is integer, not string';
    const asked = sandbox.stripe.paymentIntents.retrieve(id);
    await expect(asked).rejects.toMatchObject({ statusCode: 500 });
    await sandbox.close();
    sandbox = await runSandbox({ webhooks: false, stateFile });
    expect(await found()).toEqual({ findings: [{ kind: 'impossible_answer', call, says }] });
  });

  it('holds a webhook that the specification does not allow, of what is done by hand', async () => {
    const { id } = await sandbox.stripe.paymentIntents.create({
      amount: 500,
      currency: 'jpy',
      confirm: true,
      payment_method: 'pm_card_visa',
      automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
    });
    await breakState(true);
    const dispute = { provider: 'stripe', payment_id: id };
    expect(await sandbox.control('POST', 'disputes', dispute)).toMatchObject({ status: 500 });
    const call = 'POST /_sandbox/disputes';
    const says = 'dispute.currency is integer, not string';
    expect(await found()).toEqual({ findings: [{ kind: 'impossible_answer', call, says }] });
  });

  it('holds what broke in its own time, which does not end the process', () => {
    const findings = new Findings(new Journal());
    const clock = manualClock(0);
    findings.watched(clock).after(5, () => {
      throw new ImpossibleAnswerError('event.surprise is not published');
    });
    clock.advance(5);
    expect(findings.list()).toEqual([
      { kind: 'impossible_answer', call: null, says: 'event.surprise is not published' },
    ]);
  });
});
