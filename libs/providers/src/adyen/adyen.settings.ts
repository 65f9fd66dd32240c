/** One Adyen merchant account. */
export interface AdyenSettings {
  /** The origin of the Checkout API; the live one begins with the merchant's own prefix. */
  apiUrl: URL;
  apiKey: string;
  merchantAccount: string;
  /** Hex, as the Customer Area shows it. */
  hmacKey: string;
}
