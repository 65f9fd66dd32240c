import type {
  MethodCapability,
  ProviderCapabilities,
  ProviderDefinition,
} from './port.definition.js';
import { ProviderError } from './port.js';
import type { PaymentMethodCode, PaymentProvider, ProviderCode } from './port.js';
import { accountNames, environmentOf, plainNameOf, variableOf } from './registry.accounts.js';
import type { Environment } from './registry.accounts.js';
import * as registered from './registry.definitions.js';
import { listed, type ListedDefinition, type ProviderOptions } from './registry.listed.js';

/** Asked in this order when nothing else is configured; then every other provider, and people last. */
const preferred = ['stripe', 'adyen', 'paypal'];

const definitions = Object.values<ProviderDefinition<object>>(registered)
  .map((definition) => listed(definition))
  .sort((one, other) => rankOf(one) - rankOf(other));

function rankOf({ code, capabilities }: ListedDefinition): number {
  if (capabilities.settledBy === 'people') return preferred.length + 1;
  return preferred.includes(code) ? preferred.indexOf(code) : preferred.length;
}

/** The codes of all providers that there are, switched on or not. */
export const providerCodes: readonly ProviderCode[] = definitions.map(({ code }) => code);

/** Whether people find out what became of a provider's payments and refunds: there is nobody to ask. */
export function isSettledByPeople(code: string): boolean {
  return definitions.some((one) => one.code === code && one.capabilities.settledBy === 'people');
}

/** The variables that each provider reads, in the order of the registry. */
export const declaredVariables = definitions.map(({ code, name, switchedOnBy, variables }) => ({
  ...{ code, name, switchedOnBy, variables },
}));

/** What the codes of providers are to us: a table for each that has codes. */
export const codeTables = definitions.flatMap(({ code, name, codes }) =>
  codes ? [{ code, name, codes }] : [],
);

/** A token of each provider that takes any, for the documentation. */
export const tokenExamples: InstrumentTokens = Object.fromEntries(
  definitions.flatMap(({ code, tokenExample }) => (tokenExample ? [[code, tokenExample]] : [])),
);

/** Whether a variable is a provider's secret, of whichever account. */
export function isProviderSecret(variable: string): boolean {
  const plain = plainNameOf(variable);
  return definitions.some(({ variables }) => variables[plain]?.secret);
}

/** One configured account at one provider. */
export interface ProviderAccount {
  code: ProviderCode;
  /** `default`, or the lower-case suffix of the account's variables. */
  account: string;
  /** The provider's name for people. */
  name: string;
  capabilities: ProviderCapabilities;
  /** What the provider must read in the answer to a webhook; absent: any 2xx will do. */
  webhookAnswer?: string;
  provider: PaymentProvider;
}

/** A provider without credentials, and what would switch it on. */
export interface SwitchedOffProvider {
  code: ProviderCode;
  reason: string;
}

/** Tokens of one instrument, by the provider that gave each. */
export type InstrumentTokens = Readonly<Partial<Record<ProviderCode, string>>>;

/** What a charge asks of a provider. */
export interface ChargeQuery {
  method: PaymentMethodCode;
  /** ISO 4217 code, upper case. */
  currency: string;
  /** Decimal string in major units. */
  amount: string;
  /** A token of the payer's instrument, at whichever provider it belongs to. */
  token?: string | null;
  /** Tokens of the same instrument by their provider. */
  tokens?: InstrumentTokens | null;
}

/** What keeps a provider from taking a charge. */
export type Lack = 'method' | 'currency' | 'amount' | 'token' | 'credentials';

/** A provider that was looked at for a charge, and what it lacks. */
export interface Suitability {
  code: ProviderCode;
  /** Nothing: the provider can take the charge. */
  lacks: readonly Lack[];
}

/** The providers of one process. */
export interface ProviderRegistry {
  /** @throws ProviderError `misconfigured` when this account is off */
  get(code: ProviderCode, account?: string): PaymentProvider;
  has(code: string, account?: string): boolean;
  /** The account with what it can do; `undefined` when it is off or unknown. */
  find(code: string, account?: string): ProviderAccount | undefined;
  /** The accounts that can take the charge, in the order in which they are to be tried. */
  eligible(query: ChargeQuery): ProviderAccount[];
  /** Every provider that could be configured, in the same order, and what each lacks for the charge. */
  suitability(query: ChargeQuery): Suitability[];
  all(): readonly ProviderAccount[];
  off(): readonly SwitchedOffProvider[];
  /** Loads the providers' SDKs, so that the first payment does not wait for them. Calls nobody. */
  warmUp(): Promise<void>;
  /** Closes idle connections of all providers. */
  close(): Promise<void>;
}

/**
 * Every provider that the environment has credentials for.
 *
 * `PROVIDER_ORDER` (`stripe,manual`) is the order in which providers are tried; those that it leaves out come last.
 * A further account's variables carry its name as a suffix: `STRIPE_SECRET_KEY__EU` belongs to the account `eu`.
 *
 * @throws ProviderError `misconfigured`, naming the variable that is wrong
 */
export function createProviders(
  environment: Environment,
  options: ProviderOptions,
): ProviderRegistry {
  const order = configuredOrder(environment.PROVIDER_ORDER);
  const accounts = order.flatMap((definition) => createAccounts(definition, environment, options));
  const byName = new Map(accounts.map((entry) => [`${entry.code}/${entry.account}`, entry]));
  const definitionOf = new Map(definitions.map((definition) => [definition.code, definition]));
  const lacksOf = (definition: ListedDefinition | undefined, query: ChargeQuery) =>
    lacksIn(definition, query, options.livemode ?? false);
  return {
    get(code, account = 'default') {
      const entry = byName.get(`${code}/${account}`);
      if (!entry) throw new ProviderError('misconfigured', `${code} has no account ${account}`);
      return entry.provider;
    },
    has: (code, account = 'default') => byName.has(`${code}/${account}`),
    find: (code, account = 'default') => byName.get(`${code}/${account}`),
    eligible: (query) =>
      accounts.filter(({ code }) => lacksOf(definitionOf.get(code), query).length === 0),
    suitability: (query) =>
      order.map((definition) => {
        const { code } = definition;
        const isOff = !accounts.some((entry) => entry.code === code);
        const off: Lack[] = isOff ? ['credentials'] : [];
        return { code, lacks: [...lacksOf(definition, query), ...off] };
      }),
    all: () => accounts,
    off: () =>
      definitions
        .filter(({ code }) => !accounts.some((entry) => entry.code === code))
        .map(({ code, switchedOnBy = code }) => ({ code, reason: `${switchedOnBy} is not set` })),
    async warmUp() {
      await Promise.all(accounts.map(async ({ provider }) => provider.warmUp?.()));
    },
    async close() {
      await Promise.all(accounts.map(async ({ provider }) => provider.close?.()));
    },
  };
}

function configuredOrder(text: string | undefined): ListedDefinition[] {
  const codes = (text ?? '').split(',').map((code) => code.trim());
  const named = codes.filter((code) => code !== '');
  const unknown = named.find((name) => !definitions.some(({ code }) => code === name));
  if (unknown) {
    throw new ProviderError(
      'misconfigured',
      `PROVIDER_ORDER names an unknown provider: ${unknown}`,
      { code: 'PROVIDER_ORDER' },
    );
  }
  const rank = (code: string) => (named.includes(code) ? named.indexOf(code) : named.length);
  return definitions.toSorted((a, b) => rank(a.code) - rank(b.code));
}

function createAccounts(
  definition: ListedDefinition,
  environment: Environment,
  options: ProviderOptions,
): ProviderAccount[] {
  const { code, name, capabilities, webhookAnswer, switchedOnBy = code } = definition;
  return accountNames(code, environment).flatMap((account) => {
    const provider = definition.open(environmentOf(account, environment), account, options);
    if (provider) return [{ code, account, name, capabilities, webhookAnswer, provider }];
    if (account === 'default') return [];
    const variable = variableOf(switchedOnBy, account);
    const message = `${variable} is not set, but others of ${account} are`;
    throw new ProviderError('misconfigured', message, { code: variable });
  });
}

function lacksIn(
  definition: ListedDefinition | undefined,
  query: ChargeQuery,
  livemode: boolean,
): Lack[] {
  if (!definition) return ['credentials'];
  const { methods, currencies } = definition.capabilities;
  const method = methods[query.method];
  if (!method) return ['method'];
  const lacks: Lack[] = [];
  const takesCurrency =
    (currencies === 'all' || currencies.includes(query.currency)) &&
    method.currencies?.includes(query.currency) !== false;
  if (!takesCurrency) lacks.push('currency');
  else if (definition.canRepresent?.(query.amount, query.currency) === false) lacks.push('amount');
  if (!hasFittingToken(definition, method, query, livemode)) lacks.push('token');
  return lacks;
}

/** A single token has to be one of this provider; of several, those of others are not looked at. */
function hasFittingToken(
  { code, ownsToken }: ListedDefinition,
  method: MethodCapability,
  query: ChargeQuery,
  livemode: boolean,
): boolean {
  const single = query.token ?? undefined;
  const token = query.tokens?.[code] ?? single;
  if (token === undefined) return method.token !== 'required';
  if (method.token === 'none') return false;
  return ownsToken?.(token, livemode) ?? true;
}
