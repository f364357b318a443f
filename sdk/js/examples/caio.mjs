import { Caio, NotFoundError } from '@pentarch/client';

const client = new Caio({ baseUrl: 'https://your-stack.example.com', apiKey: 'your-api-key' });

const { services } = await client.routing.discover({ capability: 'llm.chat' });
const { decision, trace } = await client.routing.route({ request: { intent: 'llm.chat', payload: { text: 'Hello' } } });
const { valid } = await client.traces.verify(trace.trace_id);

try {
  await client.services.get('no-such-service');
} catch (error) {
  if (!(error instanceof NotFoundError)) throw error;
  console.error(error.code, error.requestId);
}

console.log(services.length > 0, decision.service_id, valid);
