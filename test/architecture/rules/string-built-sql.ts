import ts from 'typescript';
import { parse, type Rule, violation, walk } from '../sources.js';
import { ConstantText } from './constant-text.js';

/** Methods that take SQL text, and which of their arguments it is. */
const textArgument = new Map([
  ['query', 0],
  ['statement', 1],
]);

/** Calls of the query builder: only text that is put together is suspect. */
const builderCalls =
  /\.(?:where|andWhere|orWhere|having|andHaving|select|addSelect|orderBy|addOrderBy|setParameter)$/;
const sqlText =
  /^\s*(?:select|insert\s+into|update|delete\s+from|with|alter|create|drop|set|truncate)\s/i;

/** The alias is the one that the repository gave its query builder. */
const trusted = new Set(['apps/api/src/platform/pages.service.ts alias']);

const productCode = /^(?:apps\/api|libs)\//;

function isPutTogether(node: ts.Expression): boolean {
  return (
    ts.isTemplateExpression(node) ||
    (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.PlusToken)
  );
}

function startsLikeSql(node: ts.Expression): boolean {
  if (ts.isTemplateExpression(node)) return sqlText.test(node.head.text);
  return (
    ts.isBinaryExpression(node) && ts.isStringLiteralLike(node.left) && sqlText.test(node.left.text)
  );
}

/** `query(text)` inside of `statement(scope, text)`: whoever calls that one is checked instead. */
function isHandedOn(argument: ts.Expression): boolean {
  const method = ts.findAncestor(argument, ts.isMethodDeclaration);
  const index = method && textArgument.get(method.name.getText());
  if (index === undefined || !ts.isIdentifier(argument)) return false;
  return method?.parameters[index]?.name.getText() === argument.text;
}

function suspectArgument(call: ts.CallExpression): ts.Expression | undefined {
  const callee = call.expression.getText();
  const index = textArgument.get(/\w+$/.exec(callee)?.[0] ?? '');
  if (index !== undefined) {
    const argument = call.arguments[index];
    return argument && !isHandedOn(argument) ? argument : undefined;
  }
  const [first] = call.arguments;
  return first && builderCalls.test(callee) && isPutTogether(first) ? first : undefined;
}

function suspectIn(node: ts.Node): ts.Expression | undefined {
  if (ts.isCallExpression(node)) return suspectArgument(node);
  return ts.isExpression(node) && isPutTogether(node) && startsLikeSql(node) ? node : undefined;
}

/** `...insertRefund(refund)` gives text and values: its text must be proven. */
function isProven(constants: ConstantText, suspect: ts.Expression): boolean {
  return ts.isSpreadElement(suspect)
    ? constants.isProvenStatement(suspect.expression)
    : constants.isProven(suspect);
}

/**
 * SQL is text of the program: what varies is a parameter. The text handed to `query()` and every text
 * that begins like SQL must be provably constant: literals, constants, look-ups in constant tables,
 * joins of those, and numbers of placeholders.
 */
export const stringBuiltSql: Rule = (sources) => {
  const constants = new ConstantText(sources, trusted);
  const checked = sources.filter(
    ({ path }) => productCode.test(path) && !path.endsWith('.spec.ts'),
  );
  return checked.flatMap((source) => {
    const found = new Set<string>();
    walk(parse(source), (node) => {
      const suspect = suspectIn(node);
      if (!suspect || isProven(constants, suspect)) return;
      found.add(violation(suspect, 'SQL that is not provably constant text'));
    });
    return [...found];
  });
};
