import type { operations, routes } from './partner-api.js';

/** An operation of the OpenAPI document. */
export type OperationId = keyof operations & keyof typeof routes;

type Json<Part> = Part extends { content: { 'application/json': infer Content } } ? Content : never;

/** What an operation answers when it succeeds. */
export type Answer<Id extends OperationId> = Json<
  operations[Id]['responses'][keyof operations[Id]['responses']]
>;

/** The body that an operation takes. */
export type Body<Id extends OperationId> = Json<operations[Id]['requestBody']>;

/** The query that an operation takes. */
export type Query<Id extends OperationId> = NonNullable<operations[Id]['parameters']['query']>;
