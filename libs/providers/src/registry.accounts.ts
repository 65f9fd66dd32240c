import { ProviderError } from './port.js';

export type Environment = Readonly<Record<string, string | undefined>>;

const suffixed = /^([A-Z0-9_]+?)__([A-Z0-9]+)$/;

/** `default`, and each further account that a variable of this provider names: `STRIPE_SECRET_KEY__EU` gives `eu`. */
export function accountNames(code: string, environment: Environment): string[] {
  const prefix = `${code.toUpperCase()}_`;
  const named = Object.keys(environment)
    .filter((name) => name.startsWith(prefix) && environment[name])
    .flatMap((name) => suffixed.exec(name)?.[2] ?? []);
  return ['default', ...new Set(named.map((name) => name.toLowerCase()).sort())];
}

/**
 * The variables of one account under their plain names.
 *
 * An account takes nothing from the default one: half-set credentials must stop the start, not mix two accounts.
 */
export function environmentOf(account: string, environment: Environment): Environment {
  if (account === 'default') return environment;
  return Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) => {
      const [, plain, suffix] = suffixed.exec(name) ?? [];
      return plain && suffix?.toLowerCase() === account ? [[plain, value]] : [];
    }),
  );
}

/** The name of an account's variable: `STRIPE_SECRET_KEY` of the account `eu` is `STRIPE_SECRET_KEY__EU`. */
export function variableOf(name: string, account: string): string {
  return account === 'default' ? name : `${name}__${account.toUpperCase()}`;
}

/** The name of a variable without its account. */
export function plainNameOf(variable: string): string {
  return suffixed.exec(variable)?.[1] ?? variable;
}

/** Lets an error about a plain variable name the account's own one. */
export function namingVariables<Settings>(account: string, read: () => Settings): Settings {
  try {
    return read();
  } catch (error) {
    const plain = error instanceof ProviderError ? error.details.code : undefined;
    if (account === 'default' || !(error instanceof ProviderError) || !plain) throw error;
    const code = variableOf(plain, account);
    const message = error.message.replaceAll(plain, code);
    throw new ProviderError(error.kind, message, { ...error.details, code });
  }
}
