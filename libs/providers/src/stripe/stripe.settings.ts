/** One Stripe account. */
export interface StripeSettings {
  apiUrl: URL;
  secretKey: string;
  webhookSecret: string;
}
