import { type CallObserver, observedProvider } from './observed-provider.js';
import type { ProviderDefinition } from './port.definition.js';
import { ProviderError } from './port.js';
import { type Environment, namingVariables } from './registry.accounts.js';

/** What the providers of one process share. */
export interface ProviderOptions {
  /** How long one call to a provider may take. */
  timeoutMs: number;
  /** Whether real money moves: only live accounts are taken then, and else none; absent: it does not. */
  livemode?: boolean;
  /** Looks at every call of a provider; those of people, whom nobody calls, aside. */
  observe?: CallObserver;
}

/** A definition without the type of its settings, so that all fit into one list. */
export function listed<Settings>(definition: ProviderDefinition<Settings>) {
  const { settings: read, mode, create, ...rest } = definition;
  const open = (environment: Environment, account: string, options: ProviderOptions) => {
    const settings = namingVariables(account, () => {
      const found = read(environment);
      if (found !== undefined && mode)
        requireMode(mode.setBy, mode.isLive(found), options.livemode ?? false);
      return found;
    });
    if (settings === undefined) return undefined;
    const provider = create(settings, options);
    const isCalled = rest.capabilities.settledBy !== 'people';
    if (!options.observe || !isCalled) return provider;
    return observedProvider(provider, account, options.observe);
  };
  return { ...rest, open };
}

export type ListedDefinition = ReturnType<typeof listed>;

function requireMode(variable: string, isLive: boolean, livemode: boolean): void {
  if (isLive === livemode) return;
  const mode = isLive ? 'a live' : 'a test';
  const message = `${variable} is of ${mode} account, and LIVEMODE is ${livemode}`;
  throw new ProviderError('misconfigured', message, { code: variable });
}
