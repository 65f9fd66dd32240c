import { declaredVariables, isProviderSecret } from '@libs/providers';
import { findMisspelt } from './misspelt-settings.js';
import { withSecretFiles } from './secret-files.js';
import { brokenRules } from './setting-rules.js';
import { type Setting, SettingError } from './settings.js';

type Schema = Readonly<Record<string, Setting<unknown>>>;

/** What may stand in the environment beside the settings: of providers, and of the product's other processes. */
const otherNames = [
  ...declaredVariables.flatMap(({ variables }) => Object.keys(variables)),
  ...['PROVIDER_ORDER', 'DATABASE_URL', 'SANDBOX_PORT', 'LOCAL_DATA_DIR'],
];

/** The values that could be read, by name, and what is wrong with the others. */
export interface ReadSettings {
  values: Record<string, unknown>;
  mistakes: string[];
}

/** Reads every setting of a schema out of the environment and its files, and finds all mistakes. No secret is in one. */
export function readEnvironment(schema: Schema, given: NodeJS.ProcessEnv): ReadSettings {
  const isSecret = (name: string) => schema[name]?.secret ?? isProviderSecret(name);
  const filed = withSecretFiles(given, isSecret);
  const { values, mistakes } = readSettings(schema, filed.environment);
  const names = [...Object.keys(schema), ...otherNames];
  const misspelt = findMisspelt(given, { names, isSecret });
  const all = [...filed.mistakes, ...mistakes, ...brokenRules(values), ...misspelt];
  return { values, mistakes: all };
}

function readSettings(schema: Schema, environment: NodeJS.ProcessEnv): ReadSettings {
  const read: ReadSettings = { values: {}, mistakes: [] };
  for (const [name, setting] of Object.entries(schema)) {
    try {
      read.values[name] = readSetting(name, setting, environment[name]);
    } catch (error) {
      if (!(error instanceof SettingError)) throw error;
      read.mistakes.push(error.message);
    }
  }
  return read;
}

function readSetting(name: string, setting: Setting<unknown>, given: string | undefined): unknown {
  const value = given || setting.default;
  if (value === undefined) {
    if (setting.optional) return undefined;
    throw new SettingError(`${name} is missing: it should be ${setting.form}. ${setting.about}`);
  }
  try {
    return setting.parse(value);
  } catch {
    const shown = setting.secret ? '' : ` not ${JSON.stringify(value.slice(0, 60))},`;
    throw new SettingError(`${name} is wrong:${shown} it should be ${setting.form}.`);
  }
}
