/** The clients against the OpenAPI document: every operation has its method, and no method is of nothing. */
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";

import { Pentarch } from "../src/index.js";

const REFERENCES = ["metaqore", "metaforge", "metaagents", "caio", "aisemble", "openai", "pentarch"];
const document = JSON.parse(readFileSync(new URL("../../../docs/openapi.json", import.meta.url)));
const declared = readFileSync(new URL("../src/operations.d.ts", import.meta.url), "utf8");
const client = new Pentarch({ baseUrl: "http://stack.test" });

const documented = Object.entries(document.paths).flatMap(([path, operations]) =>
  Object.entries(operations).map(([method, operation]) => ({
    id: operation.operationId,
    method: method.toUpperCase(),
    path,
    once: (operation.parameters ?? []).some((one) => one.$ref?.endsWith("/IdempotencyKey")),
  })),
);
const methods = REFERENCES.flatMap((reference) =>
  Object.entries(client[reference])
    .filter(([name]) => name !== "transport")
    .flatMap(([group, made]) =>
      Object.entries(made)
        .filter(([, method]) => method.operation)
        .map(([name, { operation }]) => ({ id: `${reference}_${group}_${name}`, ...operation })),
    ),
);
const place = ({ method, path }) => `${method} ${path.replace("+}", "}")}`;

test("every operation of the document has the method that its id names", () => {
  const found = new Map(methods.map((one) => [one.id, place(one)]));
  assert.deepEqual(documented.filter((one) => found.get(one.id) !== place(one)).map(place), []);
});

test("no method is of an operation that the document does not have", () => {
  const known = new Set(documented.map(place));
  assert.deepEqual(methods.filter((one) => !known.has(place(one))).map(({ id }) => id), []);
});

test("a method sends an Idempotency-Key where the operation takes one, and only there", () => {
  const known = new Map(documented.map((one) => [place(one), one.once]));
  assert.deepEqual(methods.filter((one) => Boolean(one.once) !== known.get(place(one))).map(({ id }) => id), []);
});

test("the types say of each method what it has beside", () => {
  const kinds = new Map([...declared.matchAll(/^ {4}(\w+): (\w+)<.*$/gm)].map(([line, name, kind]) => [line.trim(), [name, kind, line]]));
  const wrong = methods.filter(({ id, items, streams, events, binary }) => {
    const name = id.split("_")[2];
    const expected = events ? "Feed" : items ? "List" : streams ? "Streaming" : "Method";
    return ![...kinds.values()].some(([found, kind, line]) => found === name && kind === expected && Boolean(binary) === line.includes("Uint8Array"));
  });
  assert.deepEqual(wrong.map(({ id }) => id), []);
});

test("the items of a list are where its documented answer has them", () => {
  const answers = new Map(
    Object.values(document.paths).flatMap((operations) => Object.values(operations)).map(({ operationId, responses }) => [
      operationId, responses["200"]?.content?.["application/json"]?.example,
    ]),
  );
  const wrong = methods.filter(({ id, items }) => {
    const answer = answers.get(id);
    return items && !Array.isArray((answer?.success ? answer.data : answer)?.[items]);
  });
  assert.deepEqual(wrong.map(({ id }) => id), []);
});

test("the client runs in a browser: nothing of Node is imported", () => {
  for (const file of readdirSync(new URL("../src", import.meta.url), { recursive: true }).filter((name) => name.endsWith(".js"))) {
    const text = readFileSync(new URL(`../src/${file}`, import.meta.url), "utf8");
    assert.doesNotMatch(text, /from "(?!\.)|require\(|\bBuffer\b|(?<!globalThis\.)\bprocess\./, file);
  }
});
