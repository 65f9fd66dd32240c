import type { OpenAPIObject } from '@nestjs/swagger';

const methods = ['get', 'post', 'put', 'patch', 'delete'] as const;

/** An operation of a document, as it is written there. */
export type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;

/** An answer of an operation. */
export type Answer = Exclude<Operation['responses'][string], { $ref: string } | undefined>;

/** A schema of a document. */
export type Schema = Exclude<
  NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>[string],
  { $ref: string }
>;

/** Every operation of the document with its method. */
export function operationsOf(
  document: OpenAPIObject,
): { method: (typeof methods)[number]; operation: Operation }[] {
  return Object.values(document.paths).flatMap((path) =>
    methods.flatMap((method) => {
      const operation = path[method];
      return operation ? [{ method, operation }] : [];
    }),
  );
}

/** Whether the operation takes a parameter in this place, and one of these names if any is given. */
export function takes(operation: Operation, place: string, ...names: string[]): boolean {
  return (operation.parameters ?? []).some(
    (parameter) =>
      'name' in parameter &&
      parameter.in === place &&
      (names.length === 0 || names.includes(parameter.name)),
  );
}

/** The answers of an operation by their statuses. */
export function answersOf(operation: Operation): [status: number, answer: Answer][] {
  return Object.entries(operation.responses).flatMap(([status, answer]) =>
    answer && !('$ref' in answer) ? [[Number(status), answer] as [number, Answer]] : [],
  );
}

/** The schema that a reference of the document names, or the one that is given. */
export function schemaOf(document: OpenAPIObject, found: object | undefined): Schema | undefined {
  if (found === undefined || !('$ref' in found)) return found;
  const name = String(found.$ref).slice('#/components/schemas/'.length);
  return document.components?.schemas?.[name] as Schema | undefined;
}
