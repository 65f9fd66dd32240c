import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Coverage {
  result: { url: string }[];
}

/** The files that processes loaded, when NODE_V8_COVERAGE named the folder for them and they ended by themselves. */
export function loadedFiles(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const { result } = JSON.parse(readFileSync(join(folder, name), 'utf8')) as Coverage;
    return result.map(({ url }) => url).filter((url) => url.startsWith('file:'));
  });
}
