// Verifies webhooks by the official library: JSON lines of {key, headers, body} come in, each one's verdict goes out.
import { createInterface } from "node:readline";

import { Webhook, WebhookVerificationError } from "standardwebhooks";

for await (const line of createInterface({ input: process.stdin })) {
  const { key, headers, body } = JSON.parse(line);
  try {
    console.log(JSON.stringify(new Webhook(key).verify(body, headers)));
  } catch (error) {
    if (!(error instanceof WebhookVerificationError)) throw error;
    console.log("null");
  }
}
