/** Which requests are sent again, and when. */

const PASSING = new Set([408, 425, 429, 500, 502, 503, 504]);
const FIRST_MS = 250;
const LONGEST_MS = 8_000;

/** What is the same when it is done twice: by its method, or because a key makes it so. */
export function isRepeatable(method, idempotencyKey) {
  return method !== "POST" || idempotencyKey !== undefined;
}

/** A 429 was not worked on, so it may be sent again whatever it is. */
export function isWorthAnother(status, repeatable) {
  return status === 429 || (repeatable && PASSING.has(status));
}

/**
 * Milliseconds to wait before the next attempt: what the server asks for, or twice as long each time, with a random
 * share taken off so that clients do not come back together. `attempt` counts from 0.
 */
export function pause(attempt, retryAfter, random = Math.random) {
  if (retryAfter !== undefined) return retryAfter * 1000;
  const longest = Math.min(LONGEST_MS, FIRST_MS * 2 ** attempt);
  return longest * (0.5 + random() / 2);
}

/** Wait, unless the signal aborts. */
export function sleep(milliseconds, signal) {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, milliseconds);
    signal?.addEventListener("abort", stop, { once: true });
  });
}
