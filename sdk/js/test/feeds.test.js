import assert from "node:assert/strict";
import { test } from "node:test";

import { AiSembleClient, MetaAgents, MetaForgeClient, MetaQore, PentarchError, TimeoutError, poll } from "../src/index.js";
import { serverSentEvents } from "../src/core/streaming.js";
import { json, serve } from "./server.js";

const stream = (...parts) => new ReadableStream({
  start(controller) {
    for (const part of parts) controller.enqueue(new TextEncoder().encode(part));
    controller.close();
  },
});

async function all(iterable) {
  const found = [];
  for await (const one of iterable) found.push(one);
  return found;
}

test("an event stream is read alike wherever it is cut", async () => {
  const text = ': hello\nid: 7\nevent: told\ndata: one\ndata: two\r\n\r\nretry: 5\n\ndata:{"a":"é"}\n\ndata: unfinished';
  const whole = await all(serverSentEvents(stream(text)));
  assert.deepEqual(whole.map(({ event, data, id }) => [event, data, id]), [["told", "one\ntwo", "7"], ["message", '{"a":"é"}', "7"]]);
  const bytes = new TextEncoder().encode(text);
  for (let cut = 1; cut < bytes.length; cut += 1) {
    const halves = new ReadableStream({
      start(controller) {
        controller.enqueue(bytes.slice(0, cut));
        controller.enqueue(bytes.slice(cut));
        controller.close();
      },
    });
    assert.deepEqual(await all(serverSentEvents(halves)), whole, `cut at ${cut}`);
  }
});

test("a model's answer comes in pieces", async () => {
  const { url, asked } = await serve((reply) => {
    reply.writeHead(200, { "Content-Type": "text/event-stream" });
    reply.write('data: {"event":"token","data":"Hel"}\n\n');
    reply.end('data: {"event":"token","data":"lo"}\n\ndata: [DONE]\n\n');
  });
  const client = new MetaQore({ baseUrl: url, apiKey: "k" });
  const pieces = await all(client.llm.generate.stream({ prompt: "Greet" }));
  assert.equal(pieces.map(({ data }) => data).join(""), "Hello");
  assert.deepEqual(JSON.parse(asked[0].body), { prompt: "Greet", stream: true });
});

test("items of all pages are fetched by page number, by offset and by cursor", async () => {
  const { url, asked } = await serve((reply, times, { url: path }) => {
    const query = new URL(path, "http://x").searchParams;
    if (path.startsWith("/api/v1/agents")) {
      const page = Number(query.get("page") ?? 1);
      return json(reply, 200, { data: [{ id: page }], pagination: { page, pageSize: 1, totalItems: 3, totalPages: 3 } });
    }
    if (path.startsWith("/api/v1/specialists")) {
      const offset = Number(query.get("offset") ?? 0);
      return json(reply, 200, { success: true, timestamp: "t", data: { specialists: [{ id: offset }], total: 2, limit: 1, offset } });
    }
    const next = { "": "b", b: "c", c: null }[query.get("cursor") ?? ""];
    return json(reply, 200, { jobs: [{ id: query.get("cursor") ?? "a" }], pagination: { limit: 1, next_cursor: next } });
  });
  const options = { baseUrl: url, apiKey: "k" };
  assert.deepEqual((await all(new MetaAgents(options).agents.list.each({ status: "active" }))).map(({ id }) => id), [1, 2, 3]);
  assert.deepEqual((await all(new MetaQore(options).specialists.list.each())).map(({ id }) => id), [0, 1]);
  assert.deepEqual((await all(new AiSembleClient(options).jobs.list.each())).map(({ id }) => id), ["a", "b", "c"]);
  assert(asked.slice(0, 3).every((one) => one.url.includes("status=active")));
});

test("a file that is still being made is waited for, and fetched from where it lies without the key", async () => {
  const store = await serve((reply) => reply.end("id,action\n"));
  const { url, asked } = await serve((reply, times) =>
    times === 1 ? json(reply, 202, { success: true }, { "Retry-After": "0" }) : reply.writeHead(303, { Location: `${store.url}/file` }).end(),
  );
  const file = await new MetaQore({ baseUrl: url, apiKey: "k" }).compliance.export({ format: "csv" });
  assert.equal(new TextDecoder().decode(file), "id,action\n");
  assert.equal(asked[1].headers["x-api-key"], "k");
  assert.equal(store.asked[0].headers["x-api-key"], undefined);
});

test("a page is fetched only when it is needed", async () => {
  const { url, asked } = await serve((reply) => json(reply, 200, { data: [1, 2], pagination: { page: 1, totalPages: 9 } }));
  for await (const one of new MetaAgents({ baseUrl: url }).agents.list.each()) if (one === 2) break;
  assert.equal(asked.length, 1);
});

test("a run is waited for with its progress, approved, and its session tells the new state", async () => {
  const states = ["running", "running", "pending_approval", "completed"];
  const { url, asked } = await serve((reply, times, { method, url: path }) => {
    if (path === "/api/v1/agent/run") return json(reply, 200, { session_id: "s-1", status: "running", agent: "spec-agent" });
    if (method === "POST") return json(reply, 200, { session_id: "s-1", status: "approved", applied: true });
    return json(reply, 200, { session_id: "s-1", status: states.shift(), artifacts: [{ path: "a.json" }] });
  });
  const client = new MetaForgeClient(url, { apiKey: "k" });
  const session = await client.runSkill("spec", { files: ["PRD.md"] });
  const seen = [];
  await session.waitForCompletion({ interval: 1, onProgress: ({ status }) => seen.push(status) });
  assert.deepEqual([seen, session.status, session.artifacts], [["running", "running", "pending_approval"], "pending_approval", [{ path: "a.json" }]]);
  await session.approve({ comment: "LGTM" });
  assert.equal(session.status, "completed");
  assert.deepEqual(JSON.parse(asked[0].body), { skill: "spec", input: { files: ["PRD.md"] } });
});

test("what takes too long is given up, and an aborted wait ends", async () => {
  await assert.rejects(poll(async () => 1, () => false, { interval: 1, timeout: 5 }), TimeoutError);
  await assert.rejects(poll(async () => 1, () => false, { signal: AbortSignal.abort(new Error("stop")) }), /stop/);
});

test("a session's feed goes on after the last event when the server ends the reply", async () => {
  const { url, asked } = await serve((reply, times) => {
    reply.writeHead(200, { "Content-Type": "text/event-stream" });
    const name = times === 1 ? "agent.progress" : "session.complete";
    reply.end(`id: ${times}\ndata: {"event":"${name}","data":{},"seq":${times}}\n\n`);
  });
  const session = await new MetaForgeClient(url, { apiKey: "k" }).events.stream("s-1");
  const seen = [];
  for await (const event of session) {
    seen.push(event.seq);
    if (event.event === "session.complete") break;
  }
  assert.deepEqual(seen, [1, 2]);
  assert.deepEqual(asked.map(({ headers }) => headers["last-event-id"]), [undefined, "1"]);
});

/** A WebSocket class whose connections each tell what a script says, and end. */
function scripted(...scripts) {
  const opened = [];
  class Scripted extends EventTarget {
    readyState = 1;

    constructor(url) {
      super();
      opened.push(new URL(url).searchParams);
      const script = scripts.shift() ?? [];
      queueMicrotask(() => {
        for (const message of script) this.dispatchEvent(Object.assign(new Event("message"), { data: JSON.stringify(message) }));
        this.dispatchEvent(new Event("close"));
      });
    }

    send() {}

    close() {}
  }
  return { Scripted, opened };
}

const told = (seq) => ({ event: "session.started", data: {}, seq });

async function tickets() {
  return serve((reply, times) => json(reply, 201, { ticket: `t-${times}`, expires_in: 60 }));
}

test("a WebSocket that breaks is opened again where it was: no event is lost, none comes twice", async () => {
  const { url } = await tickets();
  const { Scripted, opened } = scripted([{ event: "live.ready", data: { last: 3 } }, told(4), told(5)], [told(5), told(6)], [told(7)]);
  const client = new MetaForgeClient(url, { apiKey: "k", webSocketUrl: "ws://live.test/ws", WebSocket: Scripted });
  const seen = [];
  for await (const { seq } of client.liveEvents({ types: ["session.*"], random: () => 0 })) {
    seen.push(seq);
    if (seq === 7) break;
  }
  assert.deepEqual(seen, [4, 5, 6, 7]);
  assert.deepEqual(opened.map((query) => [query.get("ticket"), query.get("last"), query.get("types")]), [
    ["t-1", null, "session.*"], ["t-2", "5", "session.*"], ["t-3", "6", "session.*"],
  ]);
});

test("a connection that ends before its first event does not lose what came then", async () => {
  const { url } = await tickets();
  const { Scripted, opened } = scripted([{ event: "live.ready", data: { last: 3 } }], [told(4)]);
  const client = new MetaForgeClient(url, { webSocketUrl: "ws://live.test/ws", WebSocket: Scripted });
  for await (const { seq } of client.liveEvents({ random: () => 0 })) {
    assert.equal(seq, 4);
    break;
  }
  assert.equal(opened[1].get("last"), "3");
});

test("a gap that the server no longer keeps is told to the reader", async () => {
  const { url } = await tickets();
  const { Scripted } = scripted([{ event: "live.resync", data: { last: 3, next: 9 } }, told(9)]);
  const client = new MetaForgeClient(url, { webSocketUrl: "ws://live.test/ws", WebSocket: Scripted });
  const seen = [];
  for await (const { event } of client.liveEvents({ last: 3 })) {
    seen.push(event);
    if (seen.length === 2) break;
  }
  assert.deepEqual(seen, ["live.resync", "session.started"]);
});

test("without a WebSocket one session is followed by Server-Sent Events, and several are refused in words", async () => {
  const { url } = await serve((reply) => {
    reply.writeHead(200, { "Content-Type": "text/event-stream" });
    reply.end('id: 1\ndata: {"event":"session.complete","data":{},"seq":1}\n\n');
  });
  const client = new MetaForgeClient(url, { WebSocket: null ?? undefined });
  if (globalThis.WebSocket === undefined) {
    for await (const { seq } of client.liveEvents({ sessions: ["s-1"] })) {
      assert.equal(seq, 1);
      break;
    }
    assert.throws(() => client.liveEvents(), PentarchError);
  }
});
