import { MetaQore } from 'metaqore-sdk';

const client = new MetaQore({ apiKey: 'your-api-key' });

// Generate response
const response = await client.llm.generate({
  prompt: 'Explain quantum computing',
  model: 'gpt-4'
});

// List specialists
const specialists = await client.specialists.list();

console.log(response.response, specialists.total);
