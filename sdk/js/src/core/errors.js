/**
 * What can go wrong, as a hierarchy: `PentarchError` for all of it, `ApiError` for what the server refused.
 * Each reference words its errors in a form of its own; here they are one.
 */

export class PentarchError extends Error {
  constructor(message, options) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** The server could not be reached, or the connection broke. */
export class ConnectionError extends PentarchError {}

/** No answer in time, or something that was waited for did not happen in time. */
export class TimeoutError extends PentarchError {}

/** A webhook's signature does not hold, or it is too old. */
export class WebhookVerificationError extends PentarchError {}

/** An answer with a status of 400 or more. */
export class ApiError extends PentarchError {
  /** @param {{status: number, code?: string, message: string, details?: object, requestId?: string, retryAfter?: number, body?: unknown}} told */
  constructor(told) {
    super(told.requestId ? `${told.message} (request ${told.requestId})` : told.message);
    this.status = told.status;
    this.code = told.code;
    this.details = told.details ?? {};
    /** Finds the request in the logs and in the audit trail. */
    this.requestId = told.requestId;
    /** Seconds after which the same request may succeed, where the server told them. */
    this.retryAfter = told.retryAfter;
    this.body = told.body;
  }
}

export class ValidationError extends ApiError {}
export class AuthenticationError extends ApiError {}
export class QuotaExceededError extends ApiError {}
export class PermissionDeniedError extends ApiError {}
export class NotFoundError extends ApiError {}
export class ConflictError extends ApiError {}
export class RateLimitError extends ApiError {}
export class ServerError extends ApiError {}

const BY_STATUS = new Map([
  [400, ValidationError],
  [401, AuthenticationError],
  [402, QuotaExceededError],
  [403, PermissionDeniedError],
  [404, NotFoundError],
  [409, ConflictError],
  [412, ConflictError],
  [413, ValidationError],
  [415, ValidationError],
  [422, ValidationError],
  [429, RateLimitError],
]);

/** The error for an answer: `body` is its parsed JSON, or its text. */
export function errorFrom(status, headers, body) {
  const told = worded(body);
  const found = {
    status,
    code: told.code,
    message: told.message ?? `the server answered with status ${status}`,
    details: told.details,
    requestId: headers.get("x-correlation-id") ?? told.requestId,
    retryAfter: seconds(headers.get("retry-after")) ?? told.retryAfter,
    body,
  };
  const Kind = BY_STATUS.get(status) ?? (status >= 500 ? ServerError : ApiError);
  return new Kind(found);
}

function worded(body) {
  if (body === null || typeof body !== "object") return {};
  if (body.error && typeof body.error === "object") {
    const { code, message, details, request_id: requestId } = body.error;
    return { code, message, details, requestId };
  }
  if (typeof body.error === "string") return { code: body.error, message: body.error_description };
  const { title, detail, errors, traceId, retry_after: retryAfter } = body;
  return { code: title, message: detail ?? title, details: errors && { errors }, requestId: traceId, retryAfter };
}

/** `Retry-After` is seconds or a date (RFC 9110, 10.2.3). */
export function seconds(text, now = Date.now()) {
  if (!text) return undefined;
  if (/^\d+$/.test(text.trim())) return Number(text);
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : Math.max(0, (at - now) / 1000);
}
