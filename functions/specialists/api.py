"""HTTP entry point of the specialist foundry: proposals, trainings, deployments, datasets.

Neither numpy nor scikit-learn is imported here: they would triple the cold start of requests that only read tables.
"""

from pentarch.web.app import build_app, lambda_handler
from specialists.routes import datasets, deployments, specialists, training

app = build_app("Pentarch specialists", specialists.router, training.router, deployments.router, datasets.router)
handler = lambda_handler(app)
