/** What happens, as it happens: over a WebSocket, or one session's by Server-Sent Events. A feed that breaks goes on. */

import { ApiError, ConnectionError, PentarchError } from "./errors.js";
import { pause, sleep } from "./retrying.js";
import { serverSentEvents } from "./streaming.js";

const PING_MS = 300_000;
const STEADY_MS = 10_000;

/**
 * A session's events from its beginning, or after the one numbered `last`, until the loop is left or `signal` aborts.
 * The server ends a reply now and then; it is asked again for what comes after.
 */
export async function* sessionEvents(transport, addressOf, { last, signal } = {}) {
  let id = last;
  for (let failures = 0; ; ) {
    try {
      const headers = { Accept: "text/event-stream", ...(id !== undefined && { "Last-Event-ID": String(id) }) };
      const reply = await transport.send("GET", addressOf({}), { headers, signal });
      for await (const message of serverSentEvents(reply.body)) {
        failures = 0;
        id = message.id ?? id;
        yield JSON.parse(message.data);
      }
    } catch (error) {
      if (signal?.aborted) return;
      if (error instanceof ApiError) throw error;
      failures += 1;
      if (failures > transport.retries) throw error instanceof PentarchError ? error : new ConnectionError("the feed broke", { cause: error });
      await sleep(pause(failures), signal).catch(() => {});
    }
    if (signal?.aborted) return;
  }
}

/**
 * Events of the tenant over a WebSocket, until the loop is left or `signal` aborts. A connection that ends is made again,
 * and is told what came in between: no event is lost, none comes twice.
 * @param {{url: string, ticket: () => Promise<string>, WebSocket: typeof globalThis.WebSocket, sessions?: string[],
 *   types?: string[], last?: number, signal?: AbortSignal, onReconnect?: (last?: number) => void, random?: () => number}} options
 */
export async function* webSocketEvents({ url, ticket, WebSocket, sessions, types, last, signal, onReconnect, random }) {
  let seen = last;
  for (let failures = 0; !signal?.aborted; ) {
    const begun = Date.now();
    const query = new URLSearchParams({ ticket: await ticket() });
    if (seen !== undefined) query.set("last", String(seen));
    if (sessions?.length) query.set("sessions", sessions.join(","));
    if (types?.length) query.set("types", types.join(","));
    for await (const message of messagesOf(new WebSocket(`${url}?${query}`), signal)) {
      failures = 0;
      if (message.error) throw new PentarchError(`the feed refused: ${message.error.message}`);
      if (message.event === "live.ready" && seen === undefined) seen = message.data.last;
      if (message.seq !== undefined) {
        if (seen !== undefined && message.seq <= seen) continue;
        seen = message.seq;
        yield message;
      } else if (message.event === "live.resync") {
        yield message; // what came in between is no longer kept: the reader reads anew what it shows
        if (seen === undefined || message.data.next - 1 > seen) seen = message.data.next - 1;
      }
    }
    if (signal?.aborted) return;
    failures = Date.now() - begun < STEADY_MS ? failures + 1 : 0;
    onReconnect?.(seen);
    await sleep(failures === 0 ? 0 : pause(failures, undefined, random), signal).catch(() => {});
  }
}

/** The messages of one connection, parsed; it ends when the connection does. */
async function* messagesOf(socket, signal) {
  const waiting = [];
  let wake = () => {};
  let open = true;
  const end = () => {
    open = false;
    wake();
  };
  socket.addEventListener("message", ({ data }) => {
    waiting.push(JSON.parse(data));
    wake();
  });
  socket.addEventListener("close", end);
  socket.addEventListener("error", end);
  signal?.addEventListener("abort", end, { once: true });
  const pings = setInterval(() => socket.readyState === 1 && socket.send('{"action":"ping"}'), PING_MS);
  pings.unref?.();
  try {
    while (open || waiting.length) {
      if (waiting.length === 0) await new Promise((resolve) => { wake = resolve; if (!open) resolve(); });
      while (waiting.length) yield waiting.shift();
    }
  } finally {
    clearInterval(pings);
    signal?.removeEventListener("abort", end);
    socket.close();
  }
}
