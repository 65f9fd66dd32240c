/** The settings of a further Stripe account at the sandbox. */
export function accountAt(apiUrl: string, name: string): Record<string, string> {
  const suffix = name.toUpperCase();
  return {
    [`STRIPE_API_URL__${suffix}`]: apiUrl,
    [`STRIPE_SECRET_KEY__${suffix}`]: `sk_test_${name}`,
    [`STRIPE_WEBHOOK_SECRET__${suffix}`]: `whsec_${name}`,
  };
}

/** Nobody listens there. */
export const closedPort = 'http://127.0.0.1:9';
