"""HTTP entry point of workflows and executions."""

from pentarch.web.app import build_app, lambda_handler
from workflows.routes import agents, executions, workflows

app = build_app("Pentarch workflows", workflows.router, executions.router, agents.router)
handler = lambda_handler(app)
