import * as fs from 'node:fs';

/**
 * A file of deploy/ha with other ports and directories in it.
 *
 * @throws Error when the file has none of what is to be replaced
 */
export function fillTemplate(file: string, replacements: Record<string, string>): string {
  return Object.entries(replacements).reduce(
    (text, [from, to]) => {
      if (!text.includes(from)) throw new Error(`${file} has no "${from}".`);
      return text.replaceAll(from, () => to);
    },
    fs.readFileSync(file, 'utf8'),
  );
}
