import ts from 'typescript';
import { parse, type Rule, violation, walk } from '../sources.js';

const emptyVerb = /^(?:process|handle|manage)(?:[A-Z_]|$)/;
const typeOfNothing =
  /^(?:I[A-Z][a-z]|Base[A-Z]|Abstract[A-Z])|(?:Impl|Base|Manager|Helper|Utils?)$/;

function isType(node: ts.Node): node is ts.ClassDeclaration | ts.InterfaceDeclaration {
  return (
    ts.isClassDeclaration(node) ||
    ts.isInterfaceDeclaration(node) ||
    ts.isTypeAliasDeclaration(node) ||
    ts.isEnumDeclaration(node)
  );
}

function isNamedFunction(node: ts.Node): node is ts.FunctionDeclaration | ts.MethodDeclaration {
  return ts.isFunctionDeclaration(node) || ts.isMethodDeclaration(node);
}

/** A method that a library calls by this name can't have a better one. */
function isOverride(node: ts.Node): boolean {
  return (
    ts.canHaveModifiers(node) &&
    (ts.getModifiers(node) ?? []).some(({ kind }) => kind === ts.SyntaxKind.OverrideKeyword)
  );
}

function complaint(node: ts.Node): string | undefined {
  if (isType(node) && node.name && typeOfNothing.test(node.name.text)) {
    return `${node.name.text}: no I prefix, Impl, Base, Manager or Helper`;
  }
  if (!isNamedFunction(node) || !node.name || isOverride(node)) return undefined;
  const name = node.name.getText();
  return emptyVerb.test(name) ? `${name}: a verb says what happens` : undefined;
}

/** Types are nouns of the field and verbs say what happens. */
export const names: Rule = (sources) =>
  sources.flatMap((source) => {
    const found: string[] = [];
    walk(parse(source), (node) => {
      const what = complaint(node);
      if (what) found.push(violation(node, what));
    });
    return found;
  });
