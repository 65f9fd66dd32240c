import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The build puts them beside the entries, into which this file is bundled. */
const folder = join(import.meta.dirname, 'documentation');

/** A file that the build made for the pages of the documentation. */
export function readDocumentationFile(name: string): Promise<string> {
  return readFile(join(folder, name), 'utf8');
}
