// Compiled, never run: the types let through what the client takes, and nothing else.
import { AiSembleClient, MetaForgeClient, MetaQore, Pentarch, verifyWebhook } from "../src/index.js";

const client = new MetaQore({ baseUrl: "https://stack.test", apiKey: "key" });
await client.llm.generate({ prompt: "Hello", maxTokens: 10 });
await client.llm.generate({ prompt: "Hello", max_tokens: 10 }, { signal: AbortSignal.timeout(5) });
// @ts-expect-error a prompt is text
await client.llm.generate({ prompt: 7 });
for await (const piece of client.llm.generate.stream({ prompt: "Hello" })) console.log(piece.data);
for await (const one of client.specialists.list.each<{ name: string }>({ limit: 5 })) console.log(one.name);
for await (const one of client.specialists.list.each({ limit: 5 })) console.log(one.performance_score?.toFixed(2));
const { response, cost_usd } = await client.llm.generate({ prompt: "Hello" });
console.log(response.length, cost_usd.toFixed(4));
// @ts-expect-error an answer has the members that the reference tells of
console.log((await client.llm.generate({ prompt: "Hello" })).text);
const { requestId } = await client.specialists.get("s-1", undefined, { raw: true });
console.log(requestId?.length);
// @ts-expect-error a specialist has an id
await client.specialists.get();
await client.specialists.waitForTraining("s-1", "j-1", { onProgress: console.log });

const forge = new MetaForgeClient("https://stack.test", { apiKey: "key" });
const session = await forge.runSkill("spec", { files: ["PRD.md"] });
await session.waitForCompletion();
if (session.status === "pending_approval") await session.approve({ comment: "Fine" });
for await (const { event, seq } of forge.liveEvents({ last: 4 })) console.log(event, seq);

const semble = new AiSembleClient({ baseUrl: "https://stack.test/api/v2", token: async () => "token" });
await semble.jobs.waitFor("job_1");
const { progress, completed_at } = await semble.jobs.get("job_1");
console.log(progress.percentage.toFixed(), completed_at?.slice(0, 10));
// @ts-expect-error a job that runs has not ended yet
console.log(completed_at.slice(0, 10));
const all = new Pentarch();
await all.metaagents.agents.list({ pageSize: 5 });
await all.pentarch.keys.rotate("k-1");
const told = await verifyWebhook<{ event: string }>("{}", new Headers(), "secret");
console.log(told.event);
