export {
  createApiKey,
  equalHashes,
  generateApiKey,
  hashApiKey,
  type NewApiKey,
  prefixOf,
} from './api-key.js';
export { ApiKeyDto, type ApiKeyRow, toApiKeyDto } from './api-key.dto.js';
export { ApiKeyGuard, bearerToken } from './api-key.guard.js';
export { PartnerThrottlerGuard } from './partner-throttler.guard.js';
export { PartnersModule } from './partners.module.js';
export { WindowCounter } from './window-counter.js';
