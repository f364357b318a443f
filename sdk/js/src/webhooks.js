export { WebhookVerificationError } from "./core/errors.js";
export { verifySignatureField, verifyWebhook } from "./core/webhooks.js";
