import { MetaForgeClient } from '@metaforge/client';

const client = new MetaForgeClient('http://localhost:3000');

// Run workflow
const session = await client.runSkill('spec', {
  files: ['PRD.md']
});

// Wait for completion
await session.waitForCompletion();

// Approve
if (session.status === 'pending_approval') {
  await session.approve();
}

console.log(session.status);
