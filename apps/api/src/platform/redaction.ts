import { containsCardNumber } from '../http/card-data.js';

const hidden = '[redacted]';

/** Fields of JSON that hold a secret or say who somebody is, however deep they lie. */
const fields =
  /"((?:proxy-)?authorization|(?:set-)?cookie|password|(?:x-)?api[-_]key|(?:client_|webhook_)?secret|(?:access_|payment_method_)?token|(?:customer_)?(?:email|phone)|(?:customer_|first_|last_|holder_|cardholder_)name|card_number|number|cvc|cvv|iban)":"(?:[^"\\]|\\.){1,8000}"/gi;

/** What gives itself away by its form, wherever it stands; the first group stays. */
const forms: readonly RegExp[] = [
  /()-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----[\s\S]{0,8000}?-----END [A-Z ]{0,40}PRIVATE KEY-----/g,
  /\b()[0-9A-Za-z]{8}_[0-9A-Za-z]{49}\b/g,
  /\b()(?:sk|rk|whsec)_[\w+/=]{6,300}/g,
  /\b((?:bearer|basic) )[\w.~+/=-]{8,4000}/gi,
  /(:\/\/[^\s/:@"]{0,200}:)[^\s/@"]{1,500}(?=@)/g,
  /([?&](?:api_?key|key|token|access_token|client_secret|secret|signature|password|redirectResult|code)=)[^&#\s"]{1,4000}/gi,
  /()[^\s"'<>()[\]@:,;\\/=]{1,64}@[\p{L}\d-]{1,63}(?:\.[\p{L}\d-]{1,63}){1,8}/gu,
];

/** UUIDs, which are left alone, and runs of digits, which may be the number of a card. */
const uuidOrDigits =
  /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|\d(?:[ \-._]?\d){12,40}/gi;

/** A text without keys, tokens, passwords, email addresses and card numbers. */
export function redact(text: string): string {
  let clean = text.replace(fields, `"$1":"${hidden}"`);
  for (const form of forms) clean = clean.replace(form, `$1${hidden}`);
  return clean.replace(uuidOrDigits, (found) => (containsCardNumber(found) ? hidden : found));
}
