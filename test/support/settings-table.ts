import type { Setting } from '../../apps/api/src/settings.js';
import type { declaredVariables } from '../../libs/providers/src/index.js';
import { generatedTable } from './generated-part.js';

type DeclaredVariables = (typeof declaredVariables)[number];

const head = ['variable', 'value', 'default', 'meaning'];
const piped = (text: string) => text.replaceAll('|', '\\|').replaceAll('<', '&lt;');

/** The table of a schema of settings, in Markdown. */
export function settingsTable(schema: Record<string, Setting<unknown>>): string {
  const rows = Object.entries(schema).map(([name, setting]) => {
    const fallback = setting.default ?? (setting.optional ? 'none' : 'required');
    const about = withFile(name, setting);
    return [`\`${name}\``, piped(setting.form), fallback, piped(about)];
  });
  return generatedTable('settings', head, rows);
}

/** The table of the variables that providers declare, in Markdown. */
export function variablesTable(providers: readonly DeclaredVariables[]): string {
  const rows = providers.flatMap(({ name: provider, switchedOnBy, variables }) =>
    Object.entries(variables).map(([name, variable]) => {
      const isSwitch = name === switchedOnBy;
      const without = isSwitch ? `none: ${provider} is off` : `required with \`${switchedOnBy}\``;
      const fallback = variable.default ?? without;
      return [`\`${name}\``, variable.form, fallback, withFile(name, variable)];
    }),
  );
  return generatedTable('provider settings', head, rows);
}

function withFile(name: string, { about, secret }: { about: string; secret?: boolean }): string {
  return `${about}${secret ? ` Or a file: \`${name}_FILE\`.` : ''}`;
}
