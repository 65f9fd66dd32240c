import { grant, type RunningPaypal, runPaypal, vaulted } from '../testing/running-paypal.js';

const nineHoursMs = 32_400_000;

describe('access tokens of the PayPal sandbox', () => {
  let paypal: RunningPaypal;

  beforeEach(async () => {
    paypal = await runPaypal({ webhooks: false });
  });

  afterEach(() => paypal.close());

  it('are given for nine hours to a client with a secret', async () => {
    const { status, body } = await grant(paypal.sandbox.url);
    expect(status).toBe(200);
    expect(body).toMatchObject({ token_type: 'Bearer', expires_in: 32_400 });
    paypal.sandbox.clock.advance(nineHoursMs - 1);
    expect((await paypal.order('still', vaulted('visa'))).status).toBe(201);
    paypal.sandbox.clock.advance(1);
    expect(await paypal.order('late', vaulted('visa'))).toMatchObject({
      status: 401,
      body: { error: 'invalid_token' },
    });
  });

  it.each(['client:wrong-secret', 'client:', ':secret', 'client'])(
    'are not given for %s',
    async (credentials) => {
      const { status, body } = await grant(paypal.sandbox.url, credentials);
      expect(status).toBe(401);
      expect(body).toEqual({
        error: 'invalid_client',
        error_description: 'Client Authentication failed',
      });
    },
  );

  it('are given for client credentials alone', async () => {
    const answer = await grant(paypal.sandbox.url, 'client:secret', 'password');
    expect(answer).toMatchObject({ status: 400, body: { error: 'unsupported_grant_type' } });
  });

  it('can be ended early, and the next one is good', async () => {
    expect((await paypal.sandbox.control('POST', 'paypal/expire-tokens')).status).toBe(204);
    expect((await paypal.order('ended', vaulted('visa'))).status).toBe(401);
    const { access_token } = (await grant(paypal.sandbox.url)).body;
    const headers = { authorization: `Bearer ${access_token}` };
    expect((await paypal.order('ended', vaulted('visa'), {}, headers)).status).toBe(201);
  });

  it('are asked for on every call', async () => {
    for (const [authorization, problem] of [
      ['Bearer A21AAnobody', { error: 'invalid_token' }],
      ['Basic abc', { name: 'AUTHENTICATION_FAILURE' }],
    ] as const) {
      const read = await paypal.call('GET', '/v2/checkout/orders/X', undefined, { authorization });
      expect(read).toMatchObject({ status: 401, body: problem });
    }
  });

  it('can be refused for a while', async () => {
    const behaviour = { script: 'http_500', path: '/v1/oauth2/token' };
    await paypal.sandbox.control('POST', 'behaviour', behaviour);
    expect((await grant(paypal.sandbox.url)).status).toBe(500);
    expect((await grant(paypal.sandbox.url)).status).toBe(200);
  });
});
