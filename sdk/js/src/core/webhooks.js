/** Whether a webhook came from whom it says, by Standard Webhooks headers or MetaQore's field in the body. */

import { WebhookVerificationError } from "./errors.js";

const TOLERANCE_S = 300;
const PREFIX = "whsec_";
const encoder = new TextEncoder();

/**
 * Verify what arrived and return its parsed body; WebhookVerificationError if it does not hold.
 * @param {string | Uint8Array} body exactly as it arrived
 * @param {Headers | Record<string, string | string[] | undefined>} headers
 * @param {string} secret the webhook's `secret`, or its `signing_key`
 * @param {{tolerance?: number, now?: number}} [options] seconds by which its time may differ from now
 */
export async function verifyWebhook(body, headers, secret, { tolerance = TOLERANCE_S, now = Date.now() } = {}) {
  const text = typeof body === "string" ? body : new TextDecoder().decode(body);
  const [id, timestamp, signatures] = ["webhook-id", "webhook-timestamp", "webhook-signature"].map((name) => header(headers, name));
  if (!id || !timestamp || !signatures) throw new WebhookVerificationError("a header of Standard Webhooks is missing");
  if (!/^\d+$/.test(timestamp)) throw new WebhookVerificationError("webhook-timestamp is no time");
  if (Math.abs(now / 1000 - Number(timestamp)) > tolerance) {
    throw new WebhookVerificationError("the webhook is too old, or from the future");
  }
  const key = await importKey(keyOf(secret));
  const signed = encoder.encode(`${id}.${timestamp}.${text}`);
  for (const signature of signatures.split(" ")) {
    const [version, given] = signature.split(",", 2);
    if (version === "v1" && given && (await holds(key, fromBase64(given), signed))) return JSON.parse(text);
  }
  throw new WebhookVerificationError("no signature of the webhook holds");
}

/**
 * Verify MetaQore's `signature` in a body, and return the body without it.
 * @param {string | Uint8Array} body exactly as it arrived
 * @param {string} secret the text that the webhook was registered with, or was given
 */
export async function verifySignatureField(body, secret) {
  const text = typeof body === "string" ? body : new TextDecoder().decode(body);
  const found = /^(.*),"signature":"sha256=([0-9a-f]{64})"\}$/s.exec(text);
  if (!found) throw new WebhookVerificationError("the body ends with no signature");
  const [, start, hex] = found;
  const key = await importKey(encoder.encode(secret));
  const given = Uint8Array.from(hex.match(/../g), (pair) => Number.parseInt(pair, 16));
  if (!(await holds(key, given, encoder.encode(`${start}}`)))) {
    throw new WebhookVerificationError("the signature in the body does not hold");
  }
  return JSON.parse(`${start}}`);
}

/** `whsec_` and base64 of 24 to 64 bytes, or else the text itself: as the server reads a secret. */
function keyOf(secret) {
  if (secret.startsWith(PREFIX)) {
    const bytes = fromBase64(secret.slice(PREFIX.length));
    if (bytes && bytes.length >= 24 && bytes.length <= 64) return bytes;
  }
  return encoder.encode(secret);
}

function importKey(bytes) {
  return crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-256" }, false, ["verify"]);
}

/** WebCrypto compares in constant time. */
async function holds(key, signature, signed) {
  return signature !== undefined && crypto.subtle.verify("HMAC", key, signature, signed);
}

function fromBase64(text) {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}

function header(headers, name) {
  if (typeof headers.get === "function") return headers.get(name) ?? undefined;
  const found = Object.entries(headers).find(([key]) => key.toLowerCase() === name);
  return Array.isArray(found?.[1]) ? found[1][0] : found?.[1];
}
