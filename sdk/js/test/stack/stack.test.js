/** The client against a stack that is up: PENTARCH_URL, PENTARCH_API_KEY and PENTARCH_WEBSOCKET_URL say where. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { MetaForgeClient, NotFoundError, Pentarch, PermissionDeniedError } from "../../src/index.js";

const client = new Pentarch({ webSocketUrl: process.env.PENTARCH_WEBSOCKET_URL });

test("a model's answer comes whole and in pieces, and its event can be found", async () => {
  const prompt = "Repeat these words: the lamp arrives";
  const whole = await client.metaqore.llm.generate({ prompt, maxTokens: 60 });
  let text = "";
  let last;
  for await (const piece of client.metaqore.llm.generate.stream({ prompt, maxTokens: 60 })) {
    if (piece.event === "token") text += piece.data;
    last = piece;
  }
  assert.equal(text, whole.response);
  assert.equal(last.event, "complete");
  assert.equal((await client.metaqore.compliance.getEvent(whole.audit_event_id)).id, whole.audit_event_id);
});

test("a job is waited for with its progress, and is among all jobs", async () => {
  const inputs = ["Repeat this word: hello", "Repeat this word: world"];
  const asked = { name: "greetings", type: "batch_processing", service: "llm", parameters: { inputs } };
  const { job_id: id } = await client.aisemble.jobs.create(asked, { idempotencyKey: "greetings-1" });
  assert.equal((await client.aisemble.jobs.create(asked, { idempotencyKey: "greetings-1" })).job_id, id);
  const seen = [];
  const job = await client.aisemble.jobs.waitFor(id, { timeout: 120_000, onProgress: ({ status }) => seen.push(status) });
  assert.deepEqual([job.status, job.progress.percentage, seen.at(-1)], ["completed", 100, "completed"]);
  const found = [];
  for await (const one of client.aisemble.jobs.list.each({ limit: 1 })) found.push(one.job_id);
  assert(found.includes(id));
  assert.match(await client.aisemble.jobs.getResults(id), /hello[^]*world/);
});

test("a session's events come over the WebSocket, and again over Server-Sent Events", async () => {
  await client.metaforge.workspace.put("js/PRD.md", "# Lamp\n\n- Output: 0 to 30 V, 3 A\n- Cost: below 120 EUR\n");
  const { metaforge: forge } = client;
  const stop = AbortSignal.timeout(90_000);
  const session = await forge.runSkill("spec", { files: ["js/PRD.md"] });
  const live = [];
  for await (const event of forge.liveEvents({ sessions: [session.id], last: 0, signal: stop })) {
    live.push(event.event);
    if (event.event === "session.complete") break;
  }
  const told = [];
  for await (const event of session.events({ signal: stop })) told.push(event.event);
  assert.deepEqual(live, told);
  await session.waitForCompletion();
  assert.equal(session.status, "pending_approval");
  assert.match(new TextDecoder().decode(await session.artifact(session.artifacts[0].path)), /Lamp/);
  await session.approve();
  assert.equal(session.status, "completed");
});

test("a refusal has its kind, its code and the request's id in every reference's wording", async () => {
  for (const [ask, code] of [
    [() => client.metaqore.specialists.get("none"), "NOT_FOUND"],
    [() => client.metaforge.sessions.get("none"), "NOT_FOUND"],
    [() => client.metaagents.agents.get("none"), "Not found"],
    [() => client.caio.services.get("none"), "SERVICE_NOT_FOUND"],
    [() => client.aisemble.jobs.get("none"), "RESOURCE_NOT_FOUND"],
  ]) {
    await assert.rejects(ask, (error) => {
      assert(error instanceof NotFoundError);
      assert.equal(error.code, code);
      assert.match(error.requestId, /^[0-9a-f-]{36}$/);
      return true;
    });
  }
});

test("a key that may not is told so, and one that was revoked is none", async () => {
  const { id, key } = await client.pentarch.keys.create({ name: "reader", roles: ["viewer"] });
  const reader = new MetaForgeClient({ apiKey: key });
  await assert.rejects(reader.approvals.approve("none", {}), PermissionDeniedError);
  await client.pentarch.keys.revoke(id);
});
