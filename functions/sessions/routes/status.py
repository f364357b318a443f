"""What the gateway has: workspace, sessions, tools, agents."""

import os
from typing import Any

from pentarch import __version__
from pentarch.limits.model import SESSIONS
from pentarch.platform import programs
from pentarch.web.access import access
from pentarch.web.context import CurrentCaller
from pentarch.web.routes import governed_router
from pentarch.workspace import objects
from sessions import store
from sessions.lifecycle import Status
from sessions.routes.common import READ
from sessions.skills import catalogue

router = governed_router(prefix="/api/v1", tags=["MetaForge: system"])


@router.get("/status", summary="The tenant's workspace and sessions, the tools that are here, the agents")
@access(READ, bucket=SESSIONS)
async def status(caller: CurrentCaller) -> dict[str, Any]:
    counts = store.totals(caller.tenant)
    return {
        "version": os.environ.get("VERSION") or __version__,
        "workspace": objects.address(caller.tenant),
        "sessions": {
            "active": counts[Status.CREATED] + counts[Status.RUNNING],
            "pending": counts[Status.PENDING_APPROVAL],
            "completed": counts[Status.COMPLETED],
            "rejected": counts[Status.REJECTED],
            "failed": counts[Status.FAILED],
            "expired": counts[Status.EXPIRED],
        },
        "tools": [
            {"name": found.name, "version": found.version, "available": found.is_available} for found in programs.look()
        ],
        "agents": [
            {
                "name": skill.definition.agent.name,
                "version": skill.definition.agent.version,
                "loaded": True,
                "skill": skill.name,
            }
            for skill in catalogue.every(caller.tenant)
        ],
    }
