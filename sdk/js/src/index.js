export { AiSembleClient, Caio, MetaAgents, MetaForgeClient, MetaQore, Pentarch } from "./clients.js";
export {
  ApiError,
  AuthenticationError,
  ConflictError,
  ConnectionError,
  NotFoundError,
  PentarchError,
  PermissionDeniedError,
  QuotaExceededError,
  RateLimitError,
  ServerError,
  TimeoutError,
  ValidationError,
  WebhookVerificationError,
} from "./core/errors.js";
export { poll } from "./core/polling.js";
export { verifySignatureField, verifyWebhook } from "./core/webhooks.js";
export { Session } from "./session.js";
