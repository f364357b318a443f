"""HTTP entry point of configurations, as the CAIO reference has them, with approval and roll-outs beside."""

from configurations.routes import collection, records, steps
from pentarch.web.app import build_app, lambda_handler

app = build_app("Pentarch configurations", collection.router, records.router, steps.router)
handler = lambda_handler(app)
