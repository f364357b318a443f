import assert from "node:assert/strict";
import { test } from "node:test";

import {
  AuthenticationError,
  Caio,
  ConflictError,
  ConnectionError,
  MetaAgents,
  MetaQore,
  NotFoundError,
  Pentarch,
  QuotaExceededError,
  RateLimitError,
  ServerError,
  TimeoutError,
  ValidationError,
} from "../src/index.js";
import { seconds } from "../src/core/errors.js";
import { pause } from "../src/core/retrying.js";
import { json, serve } from "./server.js";

const instant = { random: () => 0, apiKey: "key" };

test("a creating request is sent again under the same key after the server was out of reach", async () => {
  const { url, asked } = await serve((reply, times) =>
    times < 3 ? json(reply, 503, { status: 503, title: "Service unavailable" }, { "Retry-After": "0" }) : json(reply, 201, { id: "a-1" }),
  );
  const agent = await new MetaAgents({ baseUrl: url, ...instant }).agents.create({ name: "Reader" });
  assert.equal(agent.id, "a-1");
  assert.equal(new Set(asked.map(({ headers }) => headers["idempotency-key"])).size, 1);
  assert.match(asked[0].headers["idempotency-key"], /^[0-9a-f-]{36}$/);
});

test("what cannot be done twice is not sent twice", async () => {
  const { url, asked } = await serve((reply) => json(reply, 503, {}, { "Retry-After": "0" }));
  await assert.rejects(new MetaQore({ baseUrl: url, ...instant }).llm.generate({ prompt: "Hello" }), ServerError);
  assert.equal(asked.length, 1);
});

test("a refusal for too many requests is waited out, whatever the request", async () => {
  const { url, asked } = await serve((reply, times) =>
    times === 1 ? json(reply, 429, { error: { code: "RATE_LIMITED", message: "slow down" } }, { "Retry-After": "0" }) : json(reply, 200, { response: "Hi" }),
  );
  assert.deepEqual(await new MetaQore({ baseUrl: url, ...instant }).llm.generate({ prompt: "Hello" }), { response: "Hi" });
  assert.equal(asked.length, 2);
});

test("a wait that is too long is left to the caller", async () => {
  const { url, asked } = await serve((reply) => json(reply, 429, { error: { code: "RATE_LIMITED", message: "later" } }, { "Retry-After": "3600" }));
  await assert.rejects(new Caio({ baseUrl: url, ...instant }).services.list(), (error) => {
    assert(error instanceof RateLimitError);
    assert.equal(error.retryAfter, 3600);
    return true;
  });
  assert.equal(asked.length, 1);
});

const WORDINGS = [
  [400, { success: false, error: { code: "VALIDATION_ERROR", message: "prompt: missing", details: { field: "prompt" } } }, ValidationError, "VALIDATION_ERROR", "prompt: missing"],
  [401, { error: { code: "AUTHENTICATION_REQUIRED", message: "no token", request_id: "r" } }, AuthenticationError, "AUTHENTICATION_REQUIRED", "no token"],
  [402, { error: { code: "QUOTA_EXCEEDED", message: "spent" } }, QuotaExceededError, "QUOTA_EXCEEDED", "spent"],
  [404, { error: { code: "SERVICE_NOT_FOUND", message: "no such service" } }, NotFoundError, "SERVICE_NOT_FOUND", "no such service"],
  [409, { type: "about:blank", title: "Conflict", status: 409, traceId: "t", detail: "in use" }, ConflictError, "Conflict", "in use"],
  [401, { error: "invalid_client", error_description: "wrong secret" }, AuthenticationError, "invalid_client", "wrong secret"],
];
for (const [status, body, Kind, code, message] of WORDINGS) {
  test(`the error of status ${status} with the code ${code} is a ${Kind.name} that names its request`, async () => {
    const { url } = await serve((reply) => json(reply, status, body));
    await assert.rejects(new Caio({ baseUrl: url, ...instant }).services.get("s-1"), (error) => {
      assert(error instanceof Kind);
      assert.equal(error.code, code);
      assert.equal(error.message, `${message} (request request-1)`);
      assert.equal(error.requestId, "request-1");
      return true;
    });
  });
}

test("an answer that does not begin in time is a timeout, and a server that is not there a broken connection", async () => {
  const { url } = await serve(() => {});
  await assert.rejects(new Caio({ baseUrl: url, timeout: 30, retries: 0 }).system.health(), TimeoutError);
  await assert.rejects(new Caio({ baseUrl: "http://127.0.0.1:9", retries: 0 }).system.health(), ConnectionError);
});

test("an aborted request ends with the caller's reason and is not sent again", async () => {
  const stop = new AbortController();
  const { url, asked } = await serve(() => stop.abort(new Error("enough")));
  await assert.rejects(new Caio({ baseUrl: url }).system.health({}, { signal: stop.signal }), /enough/);
  assert.equal(asked.length, 1);
});

test("a key goes in its header, a token in another, and a token may be fetched for each request", async () => {
  const { url, asked } = await serve((reply) => json(reply, 200, {}));
  await new Caio({ baseUrl: url, apiKey: "pk" }).system.health();
  await new Caio({ baseUrl: url, token: "t-1" }).system.health();
  await new Caio({ baseUrl: url, token: async () => "t-2" }).system.health();
  assert.deepEqual(asked.map(({ headers }) => headers["x-api-key"] ?? headers.authorization), ["pk", "Bearer t-1", "Bearer t-2"]);
});

test("paths and queries are escaped, names may be in camelCase, and nothing is sent for what is left out", async () => {
  const { url, asked } = await serve((reply) => json(reply, 200, { data: [], pagination: {} }));
  const client = new Pentarch({ baseUrl: `${url}/prod/`, apiKey: "k" });
  await client.metaqore.specialists.get("a/b c");
  await client.metaforge.sessions.getArtifact("s-1", "docs/a b.md", { diff: true });
  await client.caio.configurations.list({ tenantId: "t", configType: undefined });
  await client.metaagents.agents.list({ pageSize: 5 });
  await client.metaqore.llm.generate({ prompt: "x", maxTokens: 5 });
  assert.deepEqual(asked.map((one) => one.url), [
    "/prod/api/v1/specialists/a%2Fb%20c",
    "/prod/api/v1/session/s-1/artifacts/docs/a%20b.md?diff=true",
    "/prod/configurations?tenant_id=t",
    "/prod/api/v1/agents?pageSize=5",
    "/prod/api/v1/llm/generate",
  ]);
  assert.deepEqual(JSON.parse(asked.at(-1).body), { prompt: "x", max_tokens: 5 });
});

test("an operation without its id is refused before anything is sent", async () => {
  const client = new MetaQore({ baseUrl: "http://127.0.0.1:9" });
  await assert.rejects(client.specialists.get(), /needs id/);
});

test("no value leads out of its path", async () => {
  const client = new Pentarch({ baseUrl: "http://127.0.0.1:9" });
  await assert.rejects(client.metaqore.specialists.get(".."), /must not have a part/);
  await assert.rejects(client.metaforge.workspace.delete("docs/../../keys/k-1"), /must not have a part/);
});

test("MetaQore's envelope is taken off, and the raw answer has status and request id", async () => {
  const { url } = await serve((reply) => json(reply, 200, { success: true, data: { models: [] }, timestamp: "now" }));
  const client = new MetaQore({ baseUrl: `${url}/api/v1`, apiKey: "k" });
  assert.deepEqual(await client.llm.models(), { models: [] });
  const raw = await client.llm.models({}, { raw: true });
  assert.deepEqual([raw.status, raw.requestId, raw.data], [200, "request-1", { models: [] }]);
});

test("Retry-After is seconds or a date, and without it the pause doubles up to a bound", () => {
  assert.equal(seconds("7"), 7);
  assert.equal(seconds("Thu, 01 Jan 1970 00:00:10 GMT", 4_000), 6);
  assert.equal(seconds("soon"), undefined);
  assert.deepEqual([0, 1, 2, 9].map((attempt) => pause(attempt, undefined, () => 1)), [250, 500, 1000, 8000]);
  assert.equal(pause(0, undefined, () => 0), 125);
});
