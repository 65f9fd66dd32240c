export {
  createApiKey,
  equalHashes,
  generateApiKey,
  hashApiKey,
  type NewApiKey,
  prefixOf,
} from './api-key.js';
export { ApiKeyDto, type ApiKeyRow, toApiKeyDto } from './api-key.dto.js';
export { ApiKeyGuard } from './api-key.guard.js';
export { bearerToken, PartnerEntrance } from './partner-entrance.service.js';
export { PartnersModule } from './partners.module.js';
export { RequestLimits } from './request-limits.service.js';
export { WindowCounter } from './window-counter.js';
