import { readSecretFile } from './secret-files.js';
import { type Setting, SettingError } from './settings.js';

/**
 * The value of one setting, out of the environment or a file of secrets.
 *
 * @throws SettingError when the setting is missing or wrong; a secret is not in its message
 */
export function readSetting(
  name: string,
  setting: Setting<unknown>,
  environment: NodeJS.ProcessEnv,
): unknown {
  const file = setting.secret ? readSecretFile(name, environment) : undefined;
  const value = environment[name] || file || setting.default;
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
