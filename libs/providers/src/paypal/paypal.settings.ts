/** One PayPal business account's REST app. */
export interface PayPalSettings {
  apiUrl: URL;
  clientId: string;
  clientSecret: string;
  /** The id that PayPal gave the webhook's address: it is part of what is signed. */
  webhookId: string;
  /** Hosts that signing certificates may be fetched from, with the port where it is not 443. */
  certificateHosts: readonly string[];
  /** PEM of the certificates that a chain may end at; absent: the roots that Node.js comes with. */
  trustRoots?: string;
}
