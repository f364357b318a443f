import { MetaAgents } from '@pentarch/client';

const client = new MetaAgents({ baseUrl: 'https://your-stack.example.com', apiKey: 'your-api-key' });

const agent = await client.agents.create({
  name: 'Documentation Agent',
  type: 'documentation',
  configuration: { model: 'gpt-4', temperature: 0.5, system_prompt: 'You write clear documentation.' }
});
const { execution_id } = await client.agents.execute(agent.id, { parameters: { text: 'The lamp has three levels.' } });
const ended = await client.executions.waitFor(execution_id, {
  onProgress: ({ progress }) => console.error(`${progress.percentage} %`)
});

for await (const line of client.executions.getLogs.each(execution_id)) console.error(line.message);
await client.agents.delete(agent.id);

console.log(ended.status);
