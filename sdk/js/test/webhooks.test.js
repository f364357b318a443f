import assert from "node:assert/strict";
import { test } from "node:test";

import { WebhookVerificationError, verifySignatureField, verifyWebhook } from "../src/webhooks.js";

// What the server sends: signed by its own code with two secrets in force, the second of them about to end.
const BODY =
  '{"event":"job.completed","timestamp":"2026-11-21T17:10:00.000Z","data":{"job_id":"job_4k2m","word":"Füße"},' +
  '"signature":"sha256=63316c338f1de4af6f7f8ec98d8ebe156308f95392a872476c3eb2a8bcb701bb"}';
const HEADERS = {
  "Webhook-Id": "019aa1c2-7d43-7c11-9a0b-1c2d3e4f5a6b",
  "Webhook-Timestamp": "1795281002",
  "Webhook-Signature": "v1,Ox0bwqjplxguLOVcfuESL5jgwzHfdsnQAq8TeB5eQhQ= v1,QCFOUjwNoRdXlBAEDBc4tOjsHdN1HqUxn0EqQ/4l+kg=",
};
const now = 1795281002_000;
const SECRETS = ["a secret of mine", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"];

for (const secret of SECRETS) {
  test(`a webhook that was signed with ${secret.slice(0, 6)}... is what was sent`, async () => {
    const event = await verifyWebhook(BODY, HEADERS, secret, { now });
    assert.equal(event.data.word, "Füße");
    await verifyWebhook(new TextEncoder().encode(BODY), new Headers(HEADERS), secret, { now });
  });
}

const refused = (given, words) => assert.rejects(given, (error) => error instanceof WebhookVerificationError && words.test(error.message));

test("a changed body, another secret, another id or an old webhook is refused", async () => {
  await refused(verifyWebhook(BODY.replace("4k2m", "4k2n"), HEADERS, SECRETS[0], { now }), /no signature/);
  await refused(verifyWebhook(BODY, HEADERS, "another secret", { now }), /no signature/);
  await refused(verifyWebhook(BODY, { ...HEADERS, "Webhook-Id": "x" }, SECRETS[0], { now }), /no signature/);
  await refused(verifyWebhook(BODY, HEADERS, SECRETS[0], { now: now + 301_000 }), /too old/);
  await refused(verifyWebhook(BODY, {}, SECRETS[0], { now }), /missing/);
  await refused(verifyWebhook(BODY, { ...HEADERS, "Webhook-Signature": "v1,!!! v2,AAAA" }, SECRETS[0], { now }), /no signature/);
});

test("MetaQore's signature in the body holds for what was sent alone", async () => {
  assert.equal((await verifySignatureField(BODY, SECRETS[0])).event, "job.completed");
  await refused(verifySignatureField(BODY.replace("completed", "failed"), SECRETS[0]), /does not hold/);
  await refused(verifySignatureField(BODY, SECRETS[1]), /does not hold/);
  await refused(verifySignatureField('{"event":"x"}', SECRETS[0]), /no signature/);
});
