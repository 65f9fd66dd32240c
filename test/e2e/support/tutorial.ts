import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A code block of a document that names its file. */
export interface TutorialBlock {
  language: string;
  path: string;
  text: string;
}

const fence = /^```(\w+) (\S+)\n([\s\S]*?)^```$/gm;

export function readBlocks(document: string): TutorialBlock[] {
  return [...document.matchAll(fence)].map(([, language = '', path = '', text = '']) => ({
    language,
    path,
    text,
  }));
}

/** Writes a block into a copy of the repository: a new file, or additions to one that exists. */
export function applyBlock(folder: string, block: TutorialBlock): void {
  const file = join(folder, block.path);
  if (block.language === 'diff') return addLines(file, block);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, block.text, { flag: 'wx' });
}

function addLines(file: string, { path, text }: TutorialBlock): void {
  let context: string | undefined;
  for (const line of text.trimEnd().split('\n')) {
    const content = line.slice(1);
    if (line.startsWith(' ')) context = content;
    else if (!line.startsWith('+')) throw new Error(`${path}: not a line of a diff: ${line}`);
    else if (context === undefined) appendFileSync(file, `${content}\n`);
    else {
      insertBelow(file, context, content);
      context = content;
    }
  }
}

function insertBelow(file: string, context: string, added: string): void {
  const lines = readFileSync(file, 'utf8').split('\n');
  const places = lines.flatMap((line, index) => (line === context ? [index] : []));
  const [place] = places;
  if (place === undefined || places.length > 1) {
    throw new Error(`${file} has ${places.length} lines "${context}", not one`);
  }
  lines.splice(place + 1, 0, added);
  writeFileSync(file, lines.join('\n'));
}
