export type * from './port.definition.js';
export * from './port.js';
export * from './registry.js';
