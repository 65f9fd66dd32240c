export { createWebhookSecret, InvalidWebhookSecretError } from './secret.js';
export { signWebhook, verifyWebhook, WebhookVerificationError } from './signature.js';
