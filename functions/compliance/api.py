"""HTTP entry point of the compliance auditor: assessments, the audit trail and its proofs, exports, data subjects."""

from pentarch.web.app import build_app, lambda_handler

app = build_app("Pentarch compliance")
handler = lambda_handler(app)
