const hmacKey = 'EE'.repeat(32);
const webhookId = 'WEBHOOKOFTHEACCOUNTEU';
const merchantAccount = 'ShopEU';
const apiKey = 'key-of-eu';
const clientId = 'client-of-eu';

/** The settings of an account `eu` at Adyen and one at PayPal, beside the usual ones at the same sandbox. */
export function secondAccounts(sandboxUrl: string, paypalCaFile: string): Record<string, string> {
  return {
    ADYEN_API_URL__EU: sandboxUrl,
    ADYEN_API_KEY__EU: apiKey,
    ADYEN_MERCHANT_ACCOUNT__EU: merchantAccount,
    ADYEN_HMAC_KEY__EU: hmacKey,
    PAYPAL_API_URL__EU: sandboxUrl,
    PAYPAL_CLIENT_ID__EU: clientId,
    PAYPAL_CLIENT_SECRET__EU: 'secret-of-eu',
    PAYPAL_WEBHOOK_ID__EU: webhookId,
    PAYPAL_CERT_URL_HOSTS__EU: new URL(sandboxUrl).hostname,
    PAYPAL_TRUST_ROOT_FILE__EU: paypalCaFile,
  };
}

/** The same accounts as the sandbox plays them. */
export function secondAccountsPlayed(apiUrl: string): Record<string, string> {
  return {
    ADYEN_API_KEY__EU: apiKey,
    ADYEN_MERCHANT_ACCOUNT__EU: merchantAccount,
    ADYEN_HMAC_KEY__EU: hmacKey,
    ADYEN_WEBHOOK_URL__EU: `${apiUrl}/webhooks/adyen/eu`,
    PAYPAL_CLIENT_ID__EU: clientId,
    PAYPAL_WEBHOOK_ID__EU: webhookId,
    PAYPAL_WEBHOOK_URL__EU: `${apiUrl}/webhooks/paypal/eu`,
  };
}
