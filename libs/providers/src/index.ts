export type * from './port.definition.js';
export * from './port.js';
export { createProviders, type ProviderAccount, type ProviderRegistry } from './registry.js';
