import { readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import type { Published, PublishedField, PublishedFields } from './published.js';

type Declaration =
  | ts.ClassDeclaration
  | ts.EnumDeclaration
  | ts.InterfaceDeclaration
  | ts.ModuleDeclaration
  | ts.TypeAliasDeclaration;

export interface Package {
  directory: string;
  /** What the names of its files end in. */
  extension: '.d.ts' | '.ts';
  /** What a field is called on the wire; by its own name when absent. */
  wireName?(field: string, file: ts.SourceFile): string;
}

const keywords: Partial<Record<ts.SyntaxKind, Published>> = {
  [ts.SyntaxKind.StringKeyword]: { is: 'text' },
  [ts.SyntaxKind.NumberKeyword]: { is: 'number' },
  [ts.SyntaxKind.BooleanKeyword]: { is: 'flag' },
  [ts.SyntaxKind.ObjectKeyword]: { is: 'any' },
  [ts.SyntaxKind.AnyKeyword]: { is: 'any' },
  [ts.SyntaxKind.UnknownKeyword]: { is: 'any' },
  [ts.SyntaxKind.NullKeyword]: { is: 'null' },
};

/** Types as the source of a package declares them; a file is read when something of it is asked for. */
export class DeclaredTypes {
  private readonly files = new Map<string, ts.SourceFile>();

  constructor(private readonly origin: Package) {}

  /** @param file its name in the package, without the extension */
  type(file: string, name: string): Published {
    const source = this.file(path.join(this.origin.directory, file));
    const found = declarationsIn(source, name);
    if (found.length === 0) throw new Error(`${file} declares no ${name}`);
    return this.declared(found);
  }

  private file(name: string): ts.SourceFile {
    const known = this.files.get(name);
    if (known) return known;
    const text = readFileSync(`${name}${this.origin.extension}`, 'utf8');
    const file = ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true);
    this.files.set(name, file);
    return file;
  }

  private declared(declarations: readonly Declaration[]): Published {
    const [first] = declarations.filter((one) => !ts.isModuleDeclaration(one));
    if (first === undefined) throw new Error('a namespace is no type');
    if (ts.isTypeAliasDeclaration(first)) return this.typeOf(first.type);
    if (ts.isEnumDeclaration(first)) return { is: 'texts', texts: first.members.map(textOfMember) };
    const isMap = first.members.some(ts.isIndexSignatureDeclaration);
    return isMap ? { is: 'map' } : { is: 'object', fields: () => this.fieldsOf(first) };
  }

  private fieldsOf(owner: ts.ClassDeclaration | ts.InterfaceDeclaration): PublishedFields {
    const inherited = (owner.heritageClauses ?? []).flatMap(({ types }) =>
      types.flatMap((type) => {
        const parent = this.named(type.expression.getText(), type);
        return parent.is === 'object' ? [...parent.fields()] : [];
      }),
    );
    return new Map([...inherited, ...this.membersOf(owner.members)]);
  }

  private membersOf(members: readonly ts.Node[]): [string, PublishedField][] {
    return members.flatMap((member) => {
      const isField = ts.isPropertySignature(member) || ts.isPropertyDeclaration(member);
      if (!isField || !member.type || isStatic(member)) return [];
      const { type, name } = member;
      const field = ts.isComputedPropertyName(name) ? name.getText() : name.text;
      const wire = this.origin.wireName?.(field, member.getSourceFile()) ?? field;
      const optional = member.questionToken !== undefined;
      return [[wire, { optional, type: () => this.typeOf(type) }]];
    });
  }

  private typeOf(node: ts.TypeNode): Published {
    const keyword = keywords[node.kind];
    if (keyword) return keyword;
    if (ts.isParenthesizedTypeNode(node)) return this.typeOf(node.type);
    if (ts.isUnionTypeNode(node)) {
      return { is: 'either', types: node.types.map((type) => this.typeOf(type)) };
    }
    if (ts.isArrayTypeNode(node)) return { is: 'list', item: () => this.typeOf(node.elementType) };
    if (ts.isLiteralTypeNode(node)) return literalOf(node.literal);
    if (ts.isTypeLiteralNode(node)) {
      const isMap = node.members.some(ts.isIndexSignatureDeclaration);
      if (isMap) return { is: 'map' };
      return { is: 'object', fields: () => new Map(this.membersOf(node.members)) };
    }
    if (ts.isTypeReferenceNode(node)) return this.referred(node);
    throw new Error(`a type of an unexpected kind: ${node.getText()}`);
  }

  private referred(node: ts.TypeReferenceNode): Published {
    const name = node.typeName.getText();
    const [argument] = node.typeArguments ?? [];
    if (name === 'Array' && argument) return { is: 'list', item: () => this.typeOf(argument) };
    if (name === 'Record') return { is: 'map' };
    // Text in JSON.
    if (name === 'Date') return { is: 'text' };
    // Stripe's word for null or an empty text, which unset what is set.
    if (name === 'Emptyable' && argument) return this.typeOf(argument);
    // Stripe's word for texts that may be added: what is listed is what is published.
    if (name === 'OtherString') return { is: 'texts', texts: [] };
    return this.named(name, node);
  }

  /** What a name means at a place: it is declared around it, or imported. */
  private named(name: string, place: ts.Node): Published {
    for (let scope = place.parent; scope !== undefined; scope = scope.parent) {
      if (!ts.isModuleBlock(scope) && !ts.isSourceFile(scope)) continue;
      const found = declarationsIn(scope, name);
      if (found.length > 0) return this.declared(found);
    }
    if (isParameterAt(name, place)) return { is: 'any' };
    const from = place.getSourceFile();
    const [first] = name.split('.');
    for (const statement of from.statements) {
      if (!ts.isImportDeclaration(statement)) continue;
      const names = statement.importClause?.namedBindings;
      if (!names || !ts.isNamedImports(names)) continue;
      if (!names.elements.some((element) => element.name.text === first)) continue;
      const specifier = (statement.moduleSpecifier as ts.StringLiteral).text;
      const file = path.join(path.dirname(from.fileName), specifier.replace(/\.js$/, ''));
      return this.declared(declarationsIn(this.file(file), name));
    }
    throw new Error(`${from.fileName} does not say what ${name} is`);
  }
}

/** All declarations of a name, of which namespaces hold those of a name with dots. */
function declarationsIn(scope: ts.ModuleBlock | ts.SourceFile, name: string): Declaration[] {
  const [first, ...rest] = name.split('.');
  const found = scope.statements.filter(
    (statement): statement is Declaration =>
      isDeclaration(statement) && statement.name?.text === first,
  );
  if (rest.length === 0) return found.every(ts.isModuleDeclaration) ? [] : found;
  return found.flatMap((one) =>
    ts.isModuleDeclaration(one) && one.body && ts.isModuleBlock(one.body)
      ? declarationsIn(one.body, rest.join('.'))
      : [],
  );
}

function isDeclaration(node: ts.Node): node is Declaration {
  return (
    ts.isClassDeclaration(node) ||
    ts.isEnumDeclaration(node) ||
    ts.isInterfaceDeclaration(node) ||
    ts.isModuleDeclaration(node) ||
    ts.isTypeAliasDeclaration(node)
  );
}

/** Whether a name is a type parameter of what is declared around it. */
function isParameterAt(name: string, place: ts.Node): boolean {
  const owner = ts.findAncestor(place, ts.isInterfaceDeclaration);
  return owner?.typeParameters?.some((parameter) => parameter.name.text === name) ?? false;
}

function isStatic(member: ts.PropertyDeclaration | ts.PropertySignature): boolean {
  return member.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.StaticKeyword) ?? false;
}

function textOfMember({ initializer, name }: ts.EnumMember): string {
  return initializer && ts.isStringLiteral(initializer) ? initializer.text : name.getText();
}

function literalOf(literal: ts.LiteralTypeNode['literal']): Published {
  if (ts.isStringLiteral(literal)) return { is: 'texts', texts: [literal.text] };
  if (ts.isNumericLiteral(literal)) return { is: 'number' };
  return literal.kind === ts.SyntaxKind.NullKeyword ? { is: 'null' } : { is: 'flag' };
}
