import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import ts from 'typescript';

/** A file of the project, or one that a probe made up. The path is relative to the root. */
export interface Source {
  path: string;
  text: string;
}

/** What breaks a rule: `path:line what`. No violation, no entry. */
export type Rule = (sources: Source[]) => string[];

export const rootDir = join(import.meta.dirname, '../..');
const rooms = ['apps', 'libs', 'migrations', 'test'];

function listFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory())
      return ['node_modules', 'dist'].includes(entry.name) ? [] : listFiles(path);
    return entry.isFile() ? [path] : [];
  });
}

/** Every file of apps, libs, migrations and test. */
function listPaths(): string[] {
  return rooms
    .map((room) => join(rootDir, room))
    .filter((folder) => statSync(folder, { throwIfNoEntry: false })?.isDirectory())
    .flatMap(listFiles)
    .map((path) => relative(rootDir, path))
    .toSorted();
}

/** Every TypeScript file of apps, libs, migrations and test. */
export function readSources(): Source[] {
  return listPaths()
    .filter((path) => path.endsWith('.ts'))
    .map((path) => ({ path, text: readFileSync(join(rootDir, path), 'utf8') }));
}

const parsed = new WeakMap<Source, ts.SourceFile>();

/** The syntax tree of a file, parsed once however many rules read it. */
export function parse(source: Source): ts.SourceFile {
  const known = parsed.get(source);
  if (known) return known;
  const file = ts.createSourceFile(source.path, source.text, ts.ScriptTarget.Latest, true);
  parsed.set(source, file);
  return file;
}

/** Calls `visit` for a node and everything inside it. */
export function walk(node: ts.Node, visit: (node: ts.Node) => void): void {
  visit(node);
  ts.forEachChild(node, (child) => walk(child, visit));
}

/** `path:line what`, as a rule reports it. */
export function violation(node: ts.Node, what: string): string {
  const file = node.getSourceFile();
  const { line } = file.getLineAndCharacterOfPosition(node.getStart());
  return `${file.fileName}:${line + 1} ${what}`;
}
