/** What one account is told by, and by which key its client proves itself. */
export interface StripeAccountSettings {
  /** Absent for the default account. */
  name?: string;
  /** Absent for the default account, which takes every key that is no other account's. */
  secretKey?: string;
  webhookUrl?: string;
  webhookSecret: string;
}

export interface StripeSettings extends StripeAccountSettings {
  /** Accounts beside the default one. */
  accounts?: readonly StripeAccountSettings[];
  searchLagMs?: number;
}
