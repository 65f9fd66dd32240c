export * from './port.js';
export { createProviders, type ProviderRegistry } from './registry.js';
