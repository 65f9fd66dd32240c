/** Thrown for a variable of the environment that is wrong; the message names it. */
class InvalidSettingError extends Error {
  override readonly name = 'InvalidSettingError';
}

export interface SandboxSettings {
  host: string;
  port: number;
  /** Where others reach this process; made from host and port when absent. */
  publicUrl?: string;
  stateFile?: string;
  stripe: { webhookUrl?: string; webhookSecret: string };
  /** Makes ids the same on every run; drawn at random when absent. */
  seed: number;
  settleMs: number;
  paypal: { webhookUrl?: string; webhookId: string; caFile?: string };
}

/** Development's own secret; the launcher and the tests give another. */
const usualSecret = 'whsec_sandbox';

export function readSettings(
  environment: Readonly<Record<string, string | undefined>>,
): SandboxSettings {
  const value = (name: string): string | undefined => environment[name] || undefined;
  return {
    host: value('HOST') ?? '127.0.0.1',
    port: integer('PORT', value('PORT') ?? '3100', 65_535),
    publicUrl: url('PUBLIC_URL', value('PUBLIC_URL'))?.replace(/\/$/, ''),
    stateFile: value('SANDBOX_STATE_FILE'),
    stripe: {
      webhookUrl: url('STRIPE_WEBHOOK_URL', value('STRIPE_WEBHOOK_URL')),
      webhookSecret: value('STRIPE_WEBHOOK_SECRET') ?? usualSecret,
    },
    seed: integer('SANDBOX_SEED', value('SANDBOX_SEED') ?? String(randomSeed()), 0xffffffff),
    settleMs: integer('SANDBOX_SETTLE_MS', value('SANDBOX_SETTLE_MS') ?? '500', 3_600_000),
    paypal: {
      webhookUrl: url('PAYPAL_WEBHOOK_URL', value('PAYPAL_WEBHOOK_URL')),
      webhookId: value('PAYPAL_WEBHOOK_ID') ?? 'SANDBOXWEBHOOK00001',
      caFile: value('PAYPAL_CA_FILE'),
    },
  };
}

function randomSeed(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0];
}

function integer(name: string, text: string, largest: number): number {
  const number = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (number <= largest) return number;
  throw new InvalidSettingError(`${name} must be an integer from 0 to ${largest}, not "${text}".`);
}

function url(name: string, text: string | undefined): string | undefined {
  if (text === undefined || (URL.canParse(text) && /^https?:/.test(text))) return text;
  throw new InvalidSettingError(`${name} must be an http or https URL, not "${text}".`);
}
