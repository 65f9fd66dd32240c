export { createWebhookSecret, InvalidWebhookSecretError } from './secret.js';
export {
  signWebhook,
  type SignedContent,
  type VerificationFailure,
  verifyWebhook,
  WebhookVerificationError,
} from './signature.js';
