/** What one merchant account is told by, and by which key its client proves itself. */
export interface AdyenAccountSettings {
  /** Absent for the default account. */
  name?: string;
  /** Absent for the default account, which takes every key that is no other account's. */
  apiKey?: string;
  merchantAccount: string;
  webhookUrl?: string;
  /** In hexadecimal. */
  hmacKey: string;
}

export interface AdyenSettings extends AdyenAccountSettings {
  /** Accounts beside the default one. */
  accounts?: readonly AdyenAccountSettings[];
}
