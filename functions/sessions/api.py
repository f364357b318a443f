"""HTTP entry point of sessions: the workspace, runs of agents, approval, skills and the status of all that."""

from pentarch.web.app import build_app, lambda_handler
from sessions.routes import approvals, runs, sessions, skills, status, workspace

app = build_app(
    "Pentarch sessions",
    sessions.router,
    runs.router,
    approvals.router,
    workspace.router,
    skills.router,
    status.router,
)
handler = lambda_handler(app)
