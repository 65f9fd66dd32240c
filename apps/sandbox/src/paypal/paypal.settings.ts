/** What one account is told by, and by which client its calls are known. */
export interface PaypalAccountSettings {
  /** Absent for the default account. */
  name?: string;
  /** Absent for the default account, which takes every client that is no other account's. */
  clientId?: string;
  webhookUrl?: string;
  webhookId: string;
}

export interface PaypalSettings extends PaypalAccountSettings {
  /** Accounts beside the default one. */
  accounts?: readonly PaypalAccountSettings[];
  /** Where the certificate that the webhooks' signatures go back to is written. */
  caFile?: string;
  /** Where receivers fetch the signer's certificate: an origin, where it is not the public one. */
  certUrl?: string;
}
