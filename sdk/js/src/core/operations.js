/**
 * An operation of the API as a method of a client.
 *
 * A method takes the path's parameters one by one, then what is sent (the query of a GET or DELETE, the body of others),
 * then options for this one request. Names that are sent may be written in camelCase: `maxTokens` is `max_tokens`.
 */

import { itemsOf } from "./paging.js";
import { TimeoutError, seconds } from "./errors.js";
import { sessionEvents } from "./live.js";
import { sleep } from "./retrying.js";
import { jsonEvents } from "./streaming.js";
import { readBody } from "./transport.js";

/** `{path+}` takes a path of several parts. */
const PARAMETER = /\{(\w+)(\+?)\}/g;

const declared = (method) => (path, traits = {}) => ({ method, path, ...traits });

/** Traits: `events`, a feed that goes on; `items`, the member of a page that has its items; `binary`, an answer of bytes; `camel`, a query in camelCase. */
export const get = declared("GET");
/**
 * Traits: `once`, sent with an Idempotency-Key; `streams`, can answer piece by piece; `form`, sent as a form; `raw`, sent
 * as it is given; `query`, what is sent beside a body.
 */
export const post = declared("POST");
export const put = declared("PUT");
export const remove = declared("DELETE");

const FILE_MS = 120_000;

/** Make the methods of a group. */
export function group(transport, operations) {
  const made = {};
  for (const [name, operation] of Object.entries(operations)) {
    made[name] = Object.assign(methodOf(transport, operation), { operation });
    if (operation.items) {
      made[name].each = (...given) => {
        const { values, input, options } = taken(operation, given);
        return itemsOf((query) => made[name](...values, query, options), operation.items, input);
      };
    }
    if (operation.streams) {
      made[name].stream = (...given) => streamOf(transport, operation, given);
    }
  }
  return made;
}

function methodOf(transport, operation) {
  if (operation.events) {
    return (...given) => {
      const { values, input, options } = taken(operation, given);
      return sessionEvents(transport, (query) => addressOf(operation, { values, input: query, options }), { ...input, ...options });
    };
  }
  return async (...given) => {
    const asked = taken(operation, given);
    const ask = () => transport.send(operation.method, addressOf(operation, asked), requestOf(operation, asked));
    const reply = operation.binary ? await made(ask, asked.options) : await ask();
    const data = operation.binary ? new Uint8Array(await reply.arrayBuffer()) : unwrapped(await readBody(reply));
    return asked.options.raw ? { data, status: reply.status, headers: reply.headers, requestId: reply.headers.get("x-correlation-id") } : data;
  };
}

/** A file that is still being made is asked for again, as often as the server says. */
async function made(ask, { signal, wait = FILE_MS }) {
  const deadline = Date.now() + wait;
  for (;;) {
    const reply = await ask();
    if (reply.status !== 202) return reply;
    const pause = (seconds(reply.headers.get("retry-after")) ?? 1) * 1000;
    if (Date.now() + pause > deadline) throw new TimeoutError(`the file was not there within ${wait} ms`);
    await reply.body?.cancel();
    await sleep(pause, signal);
  }
}

async function* streamOf(transport, operation, given) {
  const asked = taken(operation, given);
  const request = requestOf(operation, { ...asked, input: { ...asked.input, stream: true } });
  const reply = await transport.send(operation.method, addressOf(operation, asked), request);
  yield* jsonEvents(reply.body);
}

/** The arguments of a call, told apart. */
function taken(operation, given) {
  const names = [...operation.path.matchAll(PARAMETER)].map(([, name]) => name);
  const values = given.slice(0, names.length);
  for (const [place, name] of names.entries()) {
    if (values[place] === undefined || values[place] === null || values[place] === "") {
      throw new TypeError(`${operation.method} ${operation.path} needs ${name}`);
    }
  }
  const [input = {}, options = {}] = given.slice(names.length);
  return { values, input, options };
}

function addressOf(operation, { values, input, options }) {
  let place = 0;
  const path = operation.path.replace(PARAMETER, (_, name, parts) => segment(String(values[place++]), name, parts === "+"));
  const sendsBody = operation.method === "POST" || operation.method === "PUT";
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(worded(operation, sendsBody ? (options.query ?? {}) : input))) {
    if (value !== undefined && value !== null) query.append(name, value instanceof Date ? value.toISOString() : String(value));
  }
  const text = query.toString();
  return text === "" ? path : `${path}?${text}`;
}

/** A value as a part of a path, which it cannot leave: an address with `..` in it would be another one. */
function segment(value, name, hasParts) {
  const parts = hasParts ? value.split("/") : [value];
  if (parts.some((part) => part === "." || part === "..")) throw new TypeError(`${name} must not have a part like ${JSON.stringify("..")}`);
  return parts.map(encodeURIComponent).join("/");
}

function requestOf(operation, { input, options }) {
  const { signal, timeout, retries, headers } = options;
  const idempotencyKey = options.idempotencyKey ?? (operation.once ? crypto.randomUUID() : undefined);
  const request = { signal, timeout, retries, headers, idempotencyKey };
  if (operation.method === "GET" || operation.method === "DELETE") return request;
  if (operation.raw) return { ...request, body: input };
  if (operation.form === "urlencoded") return { ...request, body: new URLSearchParams(worded(operation, input)) };
  if (operation.form) return { ...request, body: formOf(worded(operation, input)) };
  return { ...request, body: JSON.stringify(worded(operation, input)), headers: { "Content-Type": "application/json", ...headers } };
}

function formOf(input) {
  const form = new FormData();
  for (const [name, value] of Object.entries(input)) {
    if (value === undefined || value === null) continue;
    if (value instanceof Blob) form.append(name, value, value.name ?? name);
    else if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) form.append(name, new Blob([value]), name);
    else form.append(name, typeof value === "object" ? JSON.stringify(value) : String(value));
  }
  return form;
}

/** The names as the API has them: one reference writes some of its own in camelCase. */
function worded(operation, input) {
  if (Array.isArray(input) || operation.camel || operation.literal) return input;
  return Object.fromEntries(Object.entries(input).map(([name, value]) => [snake(name), value]));
}

const snake = (name) => name.replace(/[A-Z]/g, (letter, place) => (place ? "_" : "") + letter.toLowerCase());

/** MetaQore wraps what it answers; its caller wants what is inside. */
function unwrapped(body) {
  return body && body.success === true && "data" in body && "timestamp" in body ? body.data : body;
}
