import ts from 'typescript';
import { parse, type Rule, type Source, violation, walk } from '../sources.js';

const fileLimit = 250;
const functionLimit = 50;
const generated = 'libs/client/src/partner-api.ts';

function lineCount(node: ts.Node): number {
  const file = node.getSourceFile();
  const first = file.getLineAndCharacterOfPosition(node.getStart()).line;
  return file.getLineAndCharacterOfPosition(node.getEnd()).line - first + 1;
}

/** The callback of a describe is a list of tests and may be as long as its file. */
function groupsTests(node: ts.Node): boolean {
  let group = false;
  walk(node, (inner) => {
    if (ts.isCallExpression(inner) && /^(?:it|test|describe)\b/.test(inner.expression.getText())) {
      group = true;
    }
  });
  return group;
}

function longFunctions(source: Source): string[] {
  const found: string[] = [];
  walk(parse(source), (node) => {
    if (!ts.isFunctionLike(node) || lineCount(node) <= functionLimit || groupsTests(node)) return;
    found.push(violation(node, `a function of ${lineCount(node)} lines`));
  });
  return found;
}

/** No file over 250 lines, no function over 50: tests included, which the linter lets pass. */
export const lengths: Rule = (sources) =>
  sources.flatMap((source) => {
    const lines = source.text.trimEnd().split('\n').length;
    const long =
      lines > fileLimit && source.path !== generated
        ? [`${source.path}:1 a file of ${lines} lines`]
        : [];
    return [...long, ...longFunctions(source)];
  });
