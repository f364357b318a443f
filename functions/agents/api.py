"""HTTP entry point of agents: their definitions. What executes them is the workflows' slice."""

from agents.routes import agents, versions
from pentarch.web.app import build_app, lambda_handler

app = build_app("Pentarch agents", agents.router, versions.router)
handler = lambda_handler(app)
