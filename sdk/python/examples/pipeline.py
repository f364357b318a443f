"""Meta-Agents: an OAuth client makes an agent and a workflow, and runs it."""

from metaagents import MetaAgentsClient

client = MetaAgentsClient("https://your-domain.com", client_id="your-client-id", client_secret="your-client-secret")

agent = client.agents.create("Summariser", "documentation", configuration={"system_prompt": "Summarise the text."})
workflow = client.workflows.create(
    "Summary",
    [{"name": "Summarise", "agent_id": agent.id, "order": 1, "input_mapping": {"text": "$.input.text"}}],
)

begun = client.workflows.execute(workflow.id, {"text": "The lamp arrives on Monday. It is green."})
execution = client.executions.wait(begun.execution_id, on_progress=lambda seen: print(seen.progress.percentage))

print(execution.final_result)
for line in client.executions.logs(begun.execution_id):
    print(line.timestamp, line.message)
