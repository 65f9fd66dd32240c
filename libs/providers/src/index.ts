export type { CallObserver } from './observed-provider.js';
export type * from './port.definition.js';
export * from './port.js';
export * from './registry.js';
export { plainNameOf } from './registry.accounts.js';
export * from './registry.mistakes.js';
