/** Runs the reference's page in a made-up document, and tells what it shows: the texts of its sections by their ids. */
import { readFileSync } from "node:fs";

const [page, openapi] = process.argv.slice(2);

class Element {
  children = [];
  attributes = {};
  dataset = {};

  setAttribute(name, value) {
    if (typeof value !== "string") throw new TypeError(`the attribute ${name} is no text`);
    this.attributes[name] = value;
  }

  append(...children) {
    if (children.some((child) => child === null || child === undefined)) throw new TypeError("nothing was appended");
    this.children.push(...children);
  }

  replaceWith() {}

  addEventListener() {}

  querySelectorAll() {
    return [];
  }
}

const places = { main: new Element(), "nav div": new Element(), "[role=status]": new Element(), "nav input": new Element() };
globalThis.document = { createElement: () => new Element(), querySelector: (name) => places[name], getElementById: () => null };
globalThis.location = { href: "https://stack.test/prod/docs", hash: "" };
globalThis.fetch = async (address) => {
  if (address !== "openapi.json") throw new TypeError(`the page asks for ${address}`);
  return { ok: true, json: async () => JSON.parse(readFileSync(openapi, "utf8")) };
};

const [, script] = /<script>([^]*)<\/script>/.exec(readFileSync(page, "utf8"));
(0, eval)(script);
await new Promise((resolve) => setTimeout(resolve, 0));
await new Promise((resolve) => setTimeout(resolve, 0));
const failure = places["[role=status]"].textContent;
if (failure) throw new Error(failure);
const texts = (node) => node instanceof Element ? node.children.flatMap(texts) : [node];
const sections = places.main.children.filter((child) => child.attributes.id);
if (new Set(sections.map((one) => one.attributes.id)).size < sections.length) throw new Error("two sections have one id");
console.log(JSON.stringify(Object.fromEntries(sections.map((one) => [one.attributes.id, texts(one)]))));
