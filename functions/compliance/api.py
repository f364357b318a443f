"""HTTP entry point of the compliance auditor: assessments, the audit trail and its proofs, exports, data subjects."""

from compliance.routes import audit, checks, exports, proofs, reports, schedules, subjects
from pentarch.web.app import build_app, lambda_handler

# The trail's /audit/{id} comes after all other /audit/... paths.
app = build_app(
    "Pentarch compliance",
    exports.router,
    reports.router,
    checks.router,
    schedules.router,
    subjects.router,
    proofs.router,
    audit.router,
)
handler = lambda_handler(app)
