export interface VerifyOptions {
  /** Seconds by which the webhook's time may differ from now: 300. */
  tolerance?: number;
  /** Milliseconds. */
  now?: number;
}

type Arrived = string | Uint8Array;

/** Verify what arrived by its Standard Webhooks headers, and return its parsed body. */
export function verifyWebhook<T = unknown>(
  body: Arrived,
  headers: Headers | Record<string, string | string[] | undefined>,
  secret: string,
  options?: VerifyOptions,
): Promise<T>;

/** Verify MetaQore's `signature` in a body, and return the body without it. */
export function verifySignatureField<T = unknown>(body: Arrived, secret: string): Promise<T>;

export class WebhookVerificationError extends Error {}
