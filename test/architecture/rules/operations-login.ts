import ts from 'typescript';
import { parse, type Rule, violation, walk } from '../sources.js';

const productCode = /^(?:apps\/api|libs)\/.*(?<!\.spec)\.ts$/;
const operations = /^apps\/api\/src\/modules\/operations\//;

/** The worker's login, on connections that no payment waits for. */
const ownConnections = /^apps\/api\/src\/modules\/(?:invariants|lifecycle)\//;

/** Which argument of a decorator or function names the data source; none means that of the process. */
const sourceArgument = new Map([
  ['InjectDataSource', 0],
  ['InjectEntityManager', 0],
  ['InjectRepository', 1],
  ['getDataSourceToken', 0],
  ['getEntityManagerToken', 0],
  ['getRepositoryToken', 1],
  ['forFeature', 1],
]);

/** Where the address of the login is declared and put into options. */
const mayKnowAddress = ['apps/api/src/config.ts', 'apps/api/src/platform/database.module.ts'];

function complaintAbout(node: ts.Node): string | undefined {
  const mayOpen = ownConnections.test(node.getSourceFile().fileName);
  if (ts.isNewExpression(node) && node.expression.getText() === 'DataSource' && !mayOpen) {
    return 'opens a data source of its own';
  }
  if (ts.isIdentifier(node) && node.text === 'OPERATIONS_DATABASE_URL') {
    const known = mayKnowAddress.includes(node.getSourceFile().fileName);
    return known ? undefined : 'knows the login of operations';
  }
  if (!ts.isCallExpression(node)) return undefined;
  const callee = /\w+$/.exec(node.expression.getText())?.[0] ?? '';
  const named = node.arguments[sourceArgument.get(callee) ?? -1];
  if (named && !mayOpen) return `${callee} names the data source ${named.getText()}`;
  const asks = node.arguments.some(
    (each) => ts.isStringLiteralLike(each) && each.text === 'operations',
  );
  return asks ? `${callee} asks for the login of operations` : undefined;
}

/** Only modules/operations reaches the database through another login than its process has. */
export const operationsLogin: Rule = (sources) =>
  sources
    .filter(({ path }) => productCode.test(path) && !operations.test(path))
    .flatMap((source) => {
      const found: string[] = [];
      walk(parse(source), (node) => {
        const complaint = complaintAbout(node);
        if (complaint) found.push(violation(node, complaint));
      });
      return found;
    });
