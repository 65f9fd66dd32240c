import { posix } from 'node:path';
import ts from 'typescript';
import { parse, type Rule, type Source, violation } from '../sources.js';

const libraryIndex = /^libs\/[^/]+\/src\/index\.ts$/;

interface Declaration {
  name: string;
  node: ts.Node;
}

function isExported(node: ts.Statement): boolean {
  const modifiers = ts.canHaveModifiers(node) ? (ts.getModifiers(node) ?? []) : [];
  return modifiers.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
}

function declarations(file: ts.SourceFile): Declaration[] {
  return file.statements.filter(isExported).flatMap((node): Declaration[] => {
    if (ts.isVariableStatement(node)) {
      return node.declarationList.declarations.map((each) => ({ name: each.name.getText(), node }));
    }
    const name = (node as ts.Node as { name?: ts.Identifier }).name;
    return name ? [{ name: name.text, node }] : [];
  });
}

/** `type Colour = (typeof colours)[number]` says what its documented list says. */
function followsFromAValue(node: ts.Node): boolean {
  return ts.isTypeAliasDeclaration(node) && /^\(typeof \w+\)\[/.test(node.type.getText());
}

function hasDocstring(node: ts.Node): boolean {
  return ts.getJSDocCommentsAndTags(node).length > 0 || followsFromAValue(node);
}

function target(from: string, node: ts.ExportDeclaration, files: Map<string, Source>) {
  if (!node.moduleSpecifier || !ts.isStringLiteral(node.moduleSpecifier)) return undefined;
  const path = posix.join(posix.dirname(from), node.moduleSpecifier.text.replace(/\.js$/, '.ts'));
  return files.get(path);
}

function check(source: Source, names: string[] | undefined, files: Map<string, Source>): string[] {
  const file = parse(source);
  const own = declarations(file)
    .filter(({ name, node }) => (names?.includes(name) ?? true) && !hasDocstring(node))
    .map(({ name, node }) => violation(node, `${name} is public and has no docstring`));
  const passedOn = file.statements.filter(ts.isExportDeclaration).flatMap((node) => {
    const next = target(source.path, node, files);
    if (!next) return [];
    const clause = node.exportClause;
    if (!clause || !ts.isNamedExports(clause)) return check(next, undefined, files);
    const picked = clause.elements.map((each) => (each.propertyName ?? each.name).text);
    const asked = names ? picked.filter((name) => names.includes(name)) : picked;
    return asked.length > 0 ? check(next, asked, files) : [];
  });
  return [...own, ...passedOn];
}

/** What a library exports through its index.ts, the port of the providers included, has a docstring. */
export const docstrings: Rule = (sources) => {
  const files = new Map(sources.map((source) => [source.path, source]));
  const found = sources
    .filter(({ path }) => libraryIndex.test(path) || path === 'libs/providers/src/port.ts')
    .flatMap((source) => check(source, undefined, files));
  return [...new Set(found)];
};
