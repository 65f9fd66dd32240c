export { generateApiKey, hashApiKey, equalHashes, prefixOf } from './api-key.js';
export { ApiKeyGuard } from './api-key.guard.js';
export { bearerToken, PartnerEntrance } from './partner-entrance.service.js';
export { PartnersModule } from './partners.module.js';
export { RequestLimits } from './request-limits.service.js';
export { WindowCounter } from './window-counter.js';
