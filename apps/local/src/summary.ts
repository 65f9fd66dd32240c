import type { Credentials } from './credentials.js';
import type { Palette } from './terminal.js';

export interface SummaryOptions {
  credentials: Credentials;
  /** As the reader would type it, such as .local. */
  dataDir: string;
  isDatabaseEmbedded: boolean;
  readyAfterMs: number;
  /** Of the payment that is made by paste: another one at each start. */
  idempotencyKey: string;
}

const labelWidth = 17;

/** What `npm start` prints when all is ready: where to look, with which keys, and what to do next. */
export function summaryLines(options: SummaryOptions, palette: Palette): string[] {
  const { credentials, dataDir } = options;
  const { bold, dim, green, cyan } = palette;
  const row = (label: string, value: string, note = '') =>
    `  ${dim(label.padEnd(labelWidth))}${value}${note && `  ${dim(note)}`}`;
  const given = dataDir === '.local' ? '' : `LOCAL_DATA_DIR=${inShell(dataDir)} `;
  const seconds = (options.readyAfterMs / 1000).toFixed(1);
  return [
    '',
    `  ${green('●')} ${bold('The payment system is running')} ${dim(`(ready in ${seconds} s)`)}`,
    '',
    row('Partner API', cyan(`${credentials.base_url}/docs`), 'Swagger UI'),
    row('Operations API', cyan(`${credentials.base_url}/admin/docs`), 'Swagger UI'),
    row('Sandbox', cyan(credentials.sandbox_url), 'plays the payment providers'),
    row('Database', databaseLabel(options), 'URL in credentials.json'),
    '',
    row('Partner key', credentials.partner_api_key),
    row('Second partner', credentials.second_partner_api_key),
    row('Limited partner', credentials.limited_partner_api_key, '100 requests a minute'),
    row('Operator key', credentials.admin_api_key),
    '',
    `  ${bold('Make a payment')} ${dim('(paste into another terminal; once more: the same payment, charged once)')}`,
    '',
    ...curlLines(credentials, options.idempotencyKey),
    '',
    row('Watch a demo', `${given}npm run demo`),
    row('Logs and keys', dataDir),
    row('Stop', 'Ctrl-C', `the data stays; ${given}npm run reset wipes it`),
    '',
  ];
}

function curlLines(credentials: Credentials, idempotencyKey: string): string[] {
  const payment = {
    amount: '10.50',
    currency: 'USD',
    payment_method: 'card',
    payment_method_token: 'pm_card_visa',
    customer_email: 'ada@example.com',
  };
  return [
    `  curl ${credentials.base_url}/v1/transactions \\`,
    `    -H 'Authorization: Bearer ${credentials.partner_api_key}' \\`,
    `    -H 'Idempotency-Key: ${idempotencyKey}' \\`,
    `    -H 'Content-Type: application/json' \\`,
    `    -d '${JSON.stringify(payment)}'`,
  ];
}

function databaseLabel({ credentials, isDatabaseEmbedded }: SummaryOptions): string {
  const { host, pathname } = new URL(credentials.database_url);
  return `${host}${pathname}${isDatabaseEmbedded ? ' (embedded PostgreSQL)' : ''}`;
}

function inShell(text: string): string {
  return /^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
