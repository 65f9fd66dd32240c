import { ProviderError } from './port.js';

/**
 * The address of a provider's API out of the environment.
 *
 * @param variable the variable that it stands in
 * @throws ProviderError `misconfigured`, naming the variable
 */
export function apiUrlOf(variable: string, text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || url.pathname !== '/' || url.username) {
    throw wrongSetting(variable, 'an http or https address without a path');
  }
  return url;
}

/** The error for a variable that is wrong. It never repeats the value, which may be a secret. */
export function wrongSetting(variable: string, expected: string): ProviderError {
  return new ProviderError('misconfigured', `${variable} must be ${expected}`, { code: variable });
}
