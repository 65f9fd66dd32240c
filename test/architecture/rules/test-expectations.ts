import ts from 'typescript';
import { parse, type Rule, violation, walk } from '../sources.js';

const testCall = /^(?:it|test)(?:\.(?:each|concurrent)\b.*)?$/s;
const leftOut =
  /^(?:x?(?:it|test|describe)\.(?:only|skip|todo)|xit|xtest|xdescribe|fit|fdescribe)\b/;
const assertion = /^(?:expect\w*|fc\.assert)\b/;

function calls(node: ts.Node, name: RegExp): boolean {
  let found = false;
  walk(node, (inner) => {
    if (ts.isCallExpression(inner) && name.test(inner.expression.getText())) found = true;
  });
  return found;
}

function complaint(call: ts.CallExpression): string | undefined {
  const callee = call.expression.getText();
  if (leftOut.test(callee)) return `${callee}: a test that does not run`;
  if (!testCall.test(callee)) return undefined;
  const [title, body] = call.arguments;
  if (!title || !body) return undefined;
  if (!calls(body, assertion)) return `${title.getText()} expects nothing`;
  const isSentence = !ts.isStringLiteralLike(title) || /\s/.test(title.text.trim());
  return isSentence ? undefined : `${title.getText()} is no sentence of behaviour`;
}

/** Every test expects something, runs, and has a sentence for its name. */
export const testExpectations: Rule = (sources) =>
  sources.flatMap((source) => {
    const found: string[] = [];
    walk(parse(source), (node) => {
      const what = ts.isCallExpression(node) ? complaint(node) : undefined;
      if (what) found.push(violation(node, what));
    });
    return found;
  });
