import { posix } from 'node:path';
import ts from 'typescript';
import { parse, type Source, walk } from '../sources.js';

const maxDepth = 12;

/** Tells which expressions are text of the program, following names to where they are declared. */
export class ConstantText {
  private readonly files: Map<string, Source>;

  /** `trusted` names are constant by what a reader knows, as `path name`. */
  constructor(
    sources: Source[],
    private readonly trusted: ReadonlySet<string>,
  ) {
    this.files = new Map(sources.map((source) => [source.path, source]));
  }

  /** True when nothing but text of the program and its own numbers can come out of the expression. */
  isProven(node: ts.Expression, depth = 0): boolean {
    if (depth > maxDepth) return false;
    const proven = (inner: ts.Expression) => this.isProven(inner, depth + 1);
    if (ts.isStringLiteralLike(node) || ts.isNumericLiteral(node)) return true;
    if (ts.isParenthesizedExpression(node) || ts.isAsExpression(node))
      return proven(node.expression);
    if (ts.isSatisfiesExpression(node)) return proven(node.expression);
    if (ts.isTemplateExpression(node)) {
      return node.templateSpans.every((span) => proven(span.expression));
    }
    if (ts.isConditionalExpression(node)) return proven(node.whenTrue) && proven(node.whenFalse);
    if (ts.isBinaryExpression(node)) return proven(node.left) && proven(node.right);
    if (ts.isArrayLiteralExpression(node)) return node.elements.every(proven);
    if (ts.isObjectLiteralExpression(node))
      return node.properties.every((each) => this.isProvenProperty(each, depth));
    if (ts.isElementAccessExpression(node)) return proven(node.expression);
    if (ts.isPropertyAccessExpression(node))
      return node.name.text === 'length' || proven(node.expression);
    if (ts.isCallExpression(node)) return this.isProvenCall(node, depth);
    return ts.isIdentifier(node) && this.isProvenName(node, depth);
  }

  /** True for `[text, values]` with a proven text, and for calls of functions that return only such. */
  isProvenStatement(node: ts.Expression, depth = 0): boolean {
    if (depth > maxDepth) return false;
    const proven = (inner: ts.Expression) => this.isProvenStatement(inner, depth + 1);
    if (ts.isParenthesizedExpression(node) || ts.isAsExpression(node)) {
      return proven(node.expression);
    }
    if (ts.isConditionalExpression(node)) return proven(node.whenTrue) && proven(node.whenFalse);
    if (ts.isArrayLiteralExpression(node)) {
      return node.elements[0] !== undefined && this.isProven(node.elements[0], depth + 1);
    }
    if (ts.isIdentifier(node)) {
      const initializer = this.initializerOf(node);
      return initializer !== undefined && proven(initializer);
    }
    if (!ts.isCallExpression(node) || !ts.isIdentifier(node.expression)) return false;
    const returned = this.returnedBy(node.expression.text, node.getSourceFile());
    return returned.length > 0 && returned.every(proven);
  }

  /** What a function of that name returns, wherever it is declared. */
  private returnedBy(name: string, file: ts.SourceFile): ts.Expression[] {
    const own = file.statements.find(
      (node): node is ts.FunctionDeclaration =>
        ts.isFunctionDeclaration(node) && node.name?.text === name,
    );
    if (own) return returnsOf(own);
    const imported = this.importOf(name, file);
    return imported ? this.returnedBy(imported.name, imported.file) : [];
  }

  private isProvenProperty(property: ts.ObjectLiteralElementLike, depth: number): boolean {
    return ts.isPropertyAssignment(property) && this.isProven(property.initializer, depth + 1);
  }

  /** `parts.join(' AND ')` of proven parts, and `values.push(value)`, which is a number. */
  private isProvenCall(node: ts.CallExpression, depth: number): boolean {
    if (!ts.isPropertyAccessExpression(node.expression)) return false;
    const { name, expression } = node.expression;
    if (name.text === 'push') return true;
    const passesOn = ['join', 'trim', 'toSorted'].includes(name.text);
    return (
      passesOn &&
      node.arguments.every((argument) => this.isProven(argument, depth + 1)) &&
      this.isProven(expression, depth + 1)
    );
  }

  private isProvenName(name: ts.Identifier, depth: number): boolean {
    const file = name.getSourceFile();
    if (this.trusted.has(`${file.fileName} ${name.text}`)) return true;
    const initializer = this.initializerOf(name);
    const parts = initializer ? [initializer, ...pushedInto(name.text, file)] : [];
    return parts.length > 0 && parts.every((part) => this.isProven(part, depth + 1));
  }

  private initializerOf(name: ts.Identifier): ts.Expression | undefined {
    const own = declarationOf(name);
    if (own) return constantValue(own);
    const imported = this.importOf(name.text, name.getSourceFile());
    const declared = imported && declarationIn(imported.file, imported.name);
    return declared && constantValue(declared);
  }

  private importOf(name: string, file: ts.SourceFile) {
    for (const statement of file.statements.filter(ts.isImportDeclaration)) {
      const bindings = statement.importClause?.namedBindings;
      if (!bindings || !ts.isNamedImports(bindings)) continue;
      const element = bindings.elements.find((each) => each.name.text === name);
      if (!element || !ts.isStringLiteral(statement.moduleSpecifier)) continue;
      const folder = posix.dirname(file.fileName);
      const path = posix.join(folder, statement.moduleSpecifier.text.replace(/\.js$/, '.ts'));
      const source = this.files.get(path);
      return source && { name: (element.propertyName ?? element.name).text, file: parse(source) };
    }
    return undefined;
  }
}

function returnsOf(declaration: ts.FunctionDeclaration): ts.Expression[] {
  const found: ts.Expression[] = [];
  walk(declaration, (node) => {
    if (ts.isReturnStatement(node) && node.expression) found.push(node.expression);
  });
  return found;
}

type Declaration = ts.VariableDeclaration | ts.ParameterDeclaration;

/** What the name stands for where it is used: the nearest declaration around it. */
function declarationOf(name: ts.Identifier): Declaration | undefined {
  for (let scope: ts.Node = name.parent; scope; scope = scope.parent) {
    const found = declarationIn(scope, name.text);
    if (found) return found;
  }
  return undefined;
}

function declarationIn(scope: ts.Node, name: string): Declaration | undefined {
  const declarations: Declaration[] = [];
  if (ts.isFunctionLike(scope)) declarations.push(...scope.parameters);
  if (ts.isForOfStatement(scope) || ts.isForStatement(scope) || ts.isForInStatement(scope)) {
    const { initializer } = scope;
    if (initializer && ts.isVariableDeclarationList(initializer)) {
      declarations.push(...initializer.declarations);
    }
  }
  if (ts.isBlock(scope) || ts.isSourceFile(scope) || ts.isCaseOrDefaultClause(scope)) {
    const variables = scope.statements.filter(ts.isVariableStatement);
    declarations.push(...variables.flatMap((each) => each.declarationList.declarations));
  }
  return declarations.find((each) => bindsName(each.name, name));
}

/** The value of a `const`; nothing for parameters, `let`, loops and parts of something else. */
function constantValue(declaration: Declaration): ts.Expression | undefined {
  const isConstant = (ts.getCombinedNodeFlags(declaration) & ts.NodeFlags.Const) !== 0;
  return isConstant && ts.isIdentifier(declaration.name) ? declaration.initializer : undefined;
}

function bindsName(binding: ts.BindingName, name: string): boolean {
  if (ts.isIdentifier(binding)) return binding.text === name;
  return binding.elements.some((each) => ts.isBindingElement(each) && bindsName(each.name, name));
}

/** What the file pushes into the list of that name later on. */
function pushedInto(name: string, file: ts.SourceFile): ts.Expression[] {
  const pushed: ts.Expression[] = [];
  walk(file, (node) => {
    if (!ts.isCallExpression(node) || node.expression.getText() !== `${name}.push`) return;
    pushed.push(...node.arguments);
  });
  return pushed;
}
