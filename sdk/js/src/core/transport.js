import { ConnectionError, TimeoutError, errorFrom } from "./errors.js";
import { isRepeatable, isWorthAnother, pause, sleep } from "./retrying.js";

const TIMEOUT_MS = 60_000;
const RETRIES = 2;
const LONGEST_PAUSE_MS = 60_000;

/** Sends requests: address, credential, timeouts and retries. */
export class Transport {
  #headers;
  #fetch;

  constructor({ baseUrl, apiKey, token, headers, fetch, timeout = TIMEOUT_MS, retries = RETRIES, random } = {}) {
    const address = baseUrl ?? environment("PENTARCH_URL");
    if (!address) throw new TypeError("give a baseUrl, or set PENTARCH_URL");
    this.baseUrl = address.replace(/\/+$/, "");
    this.timeout = timeout;
    this.retries = retries;
    this.random = random;
    const key = apiKey ?? (token ? undefined : environment("PENTARCH_API_KEY"));
    const bearer = typeof token === "function" ? undefined : (token ?? (key ? undefined : environment("PENTARCH_TOKEN")));
    this.token = typeof token === "function" ? token : undefined;
    this.#headers = { ...(key && { "X-API-Key": key }), ...(bearer && { Authorization: `Bearer ${bearer}` }), ...headers };
    this.#fetch = fetch ?? ((...given) => globalThis.fetch(...given));
  }

  /**
   * Send a request, again where that is safe, and return the `Response` once its head is there; a refusal is thrown.
   * @param {string} method
   * @param {string} path with its query
   */
  async send(method, path, { body, headers = {}, idempotencyKey, signal, timeout = this.timeout, retries = this.retries } = {}) {
    const sent = { ...(await this.#credentials()), ...headers };
    if (idempotencyKey !== undefined) sent["Idempotency-Key"] = idempotencyKey;
    const repeatable = isRepeatable(method, idempotencyKey);
    for (let attempt = 0; ; attempt += 1) {
      const last = attempt >= retries;
      let reply;
      try {
        reply = await this.#once(method, path, sent, body, signal, timeout);
      } catch (error) {
        signal?.throwIfAborted();
        if (last || !repeatable) throw error;
        await sleep(pause(attempt, undefined, this.random), signal);
        continue;
      }
      if (reply.ok) return reply;
      const refusal = errorFrom(reply.status, reply.headers, await readBody(reply));
      const wait = pause(attempt, refusal.retryAfter, this.random);
      if (last || !isWorthAnother(reply.status, repeatable) || wait > LONGEST_PAUSE_MS) throw refusal;
      await sleep(wait, signal);
    }
  }

  async #credentials() {
    return this.token ? { ...this.#headers, Authorization: `Bearer ${await this.token()}` } : this.#headers;
  }

  /** A large file lies elsewhere, at an address that is its own credential: ours is not shown there. */
  async #followed(reply, signal) {
    if (reply.type === "opaqueredirect") throw new TypeError("a browser does not tell where the file lies: fetch it from a server");
    const location = reply.status >= 300 && reply.status < 400 ? reply.headers.get("location") : null;
    return location === null ? reply : this.#fetch(new URL(location, reply.url), { signal });
  }

  async #once(method, path, headers, body, signal, timeout) {
    const clock = new AbortController();
    const timer = setTimeout(() => clock.abort(), timeout);
    try {
      const both = signal ? AbortSignal.any([signal, clock.signal]) : clock.signal;
      const reply = await this.#fetch(this.baseUrl + path, { method, headers, body, signal: both, redirect: "manual" });
      return await this.#followed(reply, both);
    } catch (error) {
      if (clock.signal.aborted) throw new TimeoutError(`${method} ${path} had no answer within ${timeout} ms`);
      throw new ConnectionError(`${method} ${path} could not be sent: ${reason(error)}`, { cause: error });
    } finally {
      clearTimeout(timer); // the head is there: a stream may take as long as it takes, until `signal` ends it
    }
  }
}

/** A reply's JSON where it says that it is JSON, or else its text. */
export async function readBody(reply) {
  const text = await reply.text();
  if (!/[/+]json\b/.test(reply.headers.get("content-type") ?? "")) return text;
  try {
    return text === "" ? undefined : JSON.parse(text);
  } catch {
    return text;
  }
}

export function environment(name) {
  return globalThis.process?.env?.[name];
}

function reason(error) {
  return error?.cause?.code ?? error?.cause?.message ?? error?.message ?? String(error);
}
