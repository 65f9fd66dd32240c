import { readFileSync } from 'node:fs';
import { SettingError } from './settings.js';

/**
 * A secret out of the file that `<NAME>_FILE` names; `undefined` when it names none.
 *
 * @throws SettingError that names the variable
 */
export function readSecretFile(name: string, environment: NodeJS.ProcessEnv): string | undefined {
  const path = environment[`${name}_FILE`];
  if (!path) return undefined;
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    throw new SettingError(`${name}_FILE is wrong: ${path} can't be read.`);
  }
}

/** The environment with the secrets whose files it names; what stands in a variable itself wins. */
export function withSecretFiles(
  environment: NodeJS.ProcessEnv,
  isSecret: (name: string) => boolean,
): NodeJS.ProcessEnv {
  const names = Object.keys(environment).flatMap((name) => /^(.+)_FILE$/.exec(name)?.[1] ?? []);
  const filed = names.filter((name) => isSecret(name) && !environment[name]);
  const read = filed.map((name) => [name, readSecretFile(name, environment)]);
  return { ...environment, ...Object.fromEntries(read) };
}
