"""MetaForge: let an agent work on a file of the workspace, and approve what it proposes."""

from metaforge import MetaForgeClient

client = MetaForgeClient('http://localhost:3000')

# Run workflow
session = client.run_skill('spec', files=['PRD.md'])

# Wait and approve
session.wait_for_completion()
if session.status == 'pending_approval':
    session.approve()
