import { ProviderError } from './port.js';
import { type Environment, plainNameOf } from './registry.accounts.js';
import type { ProviderOptions } from './registry.listed.js';
import { createProviders, declaredVariables } from './registry.js';

/**
 * What is wrong with the settings of all providers and all their accounts, one sentence each.
 *
 * @returns nothing, when `createProviders` takes them
 */
export function providerMistakes(given: Environment, options: ProviderOptions): string[] {
  const mistakes: string[] = [];
  let environment = given;
  let last: string | undefined;
  for (;;) {
    const error = refusalOf(environment, options);
    if (!error) return mistakes;
    const variable = error.details.code;
    if (variable !== last) mistakes.push(`${error.message}.`);
    if (!variable) return mistakes;
    environment = variable === last ? without(variable, environment) : right(variable, environment);
    last = variable;
  }
}

function refusalOf(environment: Environment, options: ProviderOptions): ProviderError | undefined {
  try {
    createProviders(environment, options);
    return undefined;
  } catch (error) {
    if (error instanceof ProviderError) return error;
    throw error;
  }
}

/** As if the variable were right: what else is wrong shows then. */
function right(variable: string, environment: Environment): Environment {
  const plain = plainNameOf(variable);
  const declared = declaredVariables.find(({ variables }) => variables[plain]);
  return { ...environment, [variable]: declared?.variables[plain]?.example };
}

/** As if its account were not there, where a right value alone does not do. */
function without(variable: string, environment: Environment): Environment {
  const plain = plainNameOf(variable);
  const suffix = variable.slice(plain.length);
  const declared = declaredVariables.find(({ variables }) => variables[plain]);
  const names = Object.keys(declared?.variables ?? {}).map((name) => name + suffix);
  return { ...environment, ...Object.fromEntries(names.map((name) => [name, undefined])) };
}
