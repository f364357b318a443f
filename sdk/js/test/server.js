/** A server of this machine that answers what it is told to, and remembers what it was asked. */
import { createServer } from "node:http";
import { after } from "node:test";

export async function serve(answer) {
  const asked = [];
  const server = createServer(async (request, reply) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString();
    asked.push({ method: request.method, url: request.url, headers: request.headers, body });
    await answer(reply, asked.length, asked.at(-1));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${server.address().port}`, asked };
}

export function json(reply, status, body, headers = {}) {
  reply.writeHead(status, { "Content-Type": "application/json", "X-Correlation-ID": "request-1", ...headers });
  reply.end(JSON.stringify(body));
}
