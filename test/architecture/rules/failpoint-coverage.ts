import ts from 'typescript';
import { parse, type Rule, violation, walk } from '../sources.js';

const stories =
  /^apps\/api\/src\/modules\/(?:transactions|refunds|callbacks|idempotency)\/[\w-]+\.(?:service|worker|interceptor)\.ts$/;
/** The settlements are one statement, and what calls them has the failpoint. */
const settlements = /settlement\.service\.ts$/;

/** Calls after which something has happened that a crash does not undo. */
const step =
  /^this\.(?:transactions\.(?:insert|confirm|cancel|claimDue|begin)|refunds\.claimDue|webhooks\.(?:insert|claimDue)|routing\.(?:charge|cancel|synchronise|resume)|provider\.(?:refund|synchronise)|record|settle|(?:settlement|refundSettlement)\.settle|idempotency\.storeAnswer)$/;
const wrappers = new Set(['settle', 'record']);

function functionAround(node: ts.Node): ts.Node | undefined {
  let at: ts.Node | undefined = node.parent;
  while (at && !ts.isMethodDeclaration(at) && !ts.isFunctionDeclaration(at)) at = at.parent;
  return at;
}

function isWrapper(node: ts.Node | undefined): boolean {
  return node !== undefined && ts.isMethodDeclaration(node) && wrappers.has(node.name.getText());
}

function hasFailpointAfter(around: ts.Node, call: ts.Node): boolean {
  let found = false;
  walk(around, (node) => {
    if (!ts.isCallExpression(node) || node.getStart() < call.getEnd()) return;
    if (node.expression.getText() === 'failpoint') found = true;
  });
  return found;
}

/** Every step of a request or of the worker that a crash can separate from the next has a failpoint. */
export const failpointCoverage: Rule = (sources) =>
  sources
    .filter(({ path }) => stories.test(path) && !settlements.test(path))
    .flatMap((source) => {
      const found: string[] = [];
      walk(parse(source), (node) => {
        if (!ts.isCallExpression(node) || !step.test(node.expression.getText())) return;
        const around = functionAround(node);
        if (!around || isWrapper(around) || hasFailpointAfter(around, node)) return;
        found.push(violation(node, `no failpoint follows ${node.expression.getText()}()`));
      });
      return found;
    });
