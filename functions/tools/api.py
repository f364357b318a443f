"""HTTP entry point of tools. It runs none itself: their libraries would be in every cold start."""

from pentarch.web.app import build_app, lambda_handler
from tools.routes import tools

app = build_app("Pentarch tools", tools.router)
handler = lambda_handler(app)
