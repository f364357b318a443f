"""MetaQore: ask a model, propose a specialist. PENTARCH_URL says where."""

from metaqore import MetaQoreClient

client = MetaQoreClient(api_key="your-api-key")

# Generate response
response = client.llm.generate(
    prompt="Explain quantum computing",
    model="gpt-4"
)

# Create specialist
specialist = client.specialists.create(
    name="code-reviewer",
    skills=["security", "code-analysis"]
)
