"""Ai-semble: generate text."""

from aisemble import Client

client = Client(
    base_url="https://your-domain.com/api/v2",
    api_key="your_api_key"
)

# Generate text
response = client.llm.generate(
    prompt="Explain quantum computing",
    model="gpt-3.5-turbo",
    max_tokens=500
)

print(response.generated_text)
