export { generateApiKey, hashApiKey, equalHashes, prefixOf } from './api-key.js';
export { ApiKeyGuard, bearerToken } from './api-key.guard.js';
export { PartnerThrottlerGuard } from './partner-throttler.guard.js';
export { PartnersModule } from './partners.module.js';
export { WindowCounter } from './window-counter.js';
