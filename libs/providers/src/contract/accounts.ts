/** Settings and expectations that the tests of the registry share. */
export const options = { timeoutMs: 1000 };
export const stripe = { STRIPE_SECRET_KEY: 'sk_test_abc', STRIPE_WEBHOOK_SECRET: 'whsec_abc' };
export const paypal = {
  PAYPAL_CLIENT_ID: 'client',
  PAYPAL_CLIENT_SECRET: 'secret',
  PAYPAL_WEBHOOK_ID: 'WEBHOOK1',
};

export function codes(accounts: readonly { code: string; account: string }[]): string[] {
  return accounts.map(({ code, account }) => `${code}/${account}`);
}

export function misconfigured(variable: string): Error {
  return expect.objectContaining({
    kind: 'misconfigured',
    message: expect.stringContaining(variable) as string,
  }) as Error;
}
