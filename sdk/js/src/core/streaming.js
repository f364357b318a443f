/** Server-Sent Events out of a reply's body, as the HTML standard has them. */

/** @param {ReadableStream<Uint8Array>} body */
export async function* serverSentEvents(body) {
  let event = fresh();
  for await (const line of lines(body)) {
    if (line === "") {
      if (event.data !== undefined) yield event;
      event = fresh(event.id);
      continue;
    }
    const colon = line.indexOf(":");
    if (colon === 0) continue; // a comment
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "data") event.data = event.data === undefined ? value : `${event.data}\n${value}`;
    else if (field === "event") event.event = value;
    else if (field === "id") event.id = value;
    else if (field === "retry" && /^\d+$/.test(value)) event.retry = Number(value);
  }
}

const fresh = (id) => ({ event: "message", data: undefined, id, retry: undefined });

/** Lines end with LF, CR or both; what comes last without an end is no line. */
async function* lines(body) {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of chunks(body)) {
    rest += decoder.decode(chunk, { stream: true });
    const parts = rest.split(/\r\n|\n|\r(?!$)/);
    rest = parts.pop();
    yield* parts;
  }
}

/** Browsers cannot all iterate over a stream; leaving the loop early cancels it. */
async function* chunks(body) {
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}

/** The JSON of each event of a model's stream, until `[DONE]` or the end. */
export async function* jsonEvents(body) {
  for await (const { data } of serverSentEvents(body)) {
    if (data === "[DONE]") return;
    yield JSON.parse(data);
  }
}
