import type { Setting } from '../../apps/api/src/settings.js';

const begin = '<!-- generated: settings -->';
const end = '<!-- end of generated settings -->';
const piped = (text: string) => text.replaceAll('|', '\\|').replaceAll('<', '&lt;');

/** The table of a schema of settings, between two marks, in Markdown. */
export function settingsTable(schema: Record<string, Setting<unknown>>): string {
  const rows = Object.entries(schema).map(([name, setting]) => {
    const fallback = setting.default ?? (setting.optional ? 'none' : 'required');
    const about = `${setting.about}${setting.secret ? ` Or a file: \`${name}_FILE\`.` : ''}`;
    return `| \`${name}\` | ${piped(setting.form)} | ${fallback} | ${piped(about)} |`;
  });
  const head = ['| variable | value | default | meaning |', '| --- | --- | --- | --- |'];
  return [begin, '', ...head, ...rows, '', end].join('\n');
}

/** The document with its table replaced by another one. */
export function replaceTable(document: string, table: string): string {
  const [before, after] = [document.indexOf(begin), document.indexOf(end)];
  if (before < 0 || after < before) throw new Error(`the document has no ${begin}`);
  return document.slice(0, before) + table + document.slice(after + end.length);
}

/** Without what a formatter adds: the widths of columns. */
export function withoutWidths(markdown: string): string {
  return markdown.replace(/ +/g, ' ').replace(/-{3,}/g, '---');
}
