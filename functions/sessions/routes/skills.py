"""Skills as data."""

from typing import Annotated, Any

from fastapi import Path

from pentarch.identity.model import Caller
from pentarch.limits.model import SESSIONS
from pentarch.platform import clock
from pentarch.platform.errors import InvalidInputError
from pentarch.web.access import access
from pentarch.web.context import CorrelationId, CurrentCaller
from pentarch.web.routes import governed_router
from sessions import facts, schemas, shown
from sessions.errors import SkillNotFoundError, SkillTakenError
from sessions.skills import catalogue, store

READ = "skills:read"
WRITE = "skills:write"
Name = Annotated[str, Path(max_length=64)]

router = governed_router(prefix="/api/v1/skills", tags=["MetaForge: skills"])


@router.get("", summary="Every skill: Pentarch's, then the tenant's own")
@access(READ, bucket=SESSIONS)
async def list_skills(caller: CurrentCaller) -> dict[str, Any]:
    found = catalogue.every(caller.tenant)
    return {"skills": [shown.skill(one) for one in found], "total": len(found)}


@router.post("", status_code=201, summary="Add a skill")
@access(WRITE, bucket=SESSIONS, idempotent=True)
async def create(body: schemas.SkillDefinition, caller: CurrentCaller, correlation_id: CorrelationId) -> dict[str, Any]:
    return _written(body, None, caller, correlation_id)


@router.get("/{name}", summary="A skill")
@access(READ, bucket=SESSIONS)
async def get_skill(name: Name, caller: CurrentCaller) -> dict[str, Any]:
    return shown.skill(catalogue.get(caller.tenant, name))


@router.put("/{name}", summary="Replace a skill of the tenant's own")
@access(WRITE, bucket=SESSIONS)
async def update(
    name: Name, body: schemas.SkillDefinition, caller: CurrentCaller, correlation_id: CorrelationId
) -> dict[str, Any]:
    if body.name != name:
        msg = "a skill keeps its name"
        raise InvalidInputError(msg, field="name")
    before = store.get(caller.tenant, name)
    if before is None and name not in catalogue.builtin():
        raise SkillNotFoundError(name)
    return _written(body, before, caller, correlation_id)


@router.delete("/{name}", status_code=204, summary="Delete a skill of the tenant's own")
@access(WRITE, bucket=SESSIONS)
async def delete(name: Name, caller: CurrentCaller, correlation_id: CorrelationId) -> None:
    _refuse_builtin(name)
    at = clock.now()
    event = facts.skill_event(
        caller.tenant, facts.SKILL_DELETED, name, at, actor=caller.subject, correlation_id=correlation_id
    )
    store.remove(caller.tenant, name, event)


def _written(
    body: schemas.SkillDefinition, before: store.Skill | None, caller: Caller, correlation_id: str
) -> dict[str, Any]:
    from sessions import tools  # what agents are made of, which only this needs

    _refuse_builtin(body.name)
    catalogue.check(body)
    tools.check(caller.tenant, body.tools)
    at = clock.now()
    kind = facts.SKILL_CREATED if before is None else facts.SKILL_UPDATED
    event = facts.skill_event(caller.tenant, kind, body.name, at, actor=caller.subject, correlation_id=correlation_id)
    store.put(caller.tenant, body, before, event)
    return shown.skill(catalogue.get(caller.tenant, body.name))


def _refuse_builtin(name: str) -> None:
    if name in catalogue.builtin():
        msg = f"{name} comes with Pentarch and stays as it is: give yours another name"
        raise SkillTakenError(msg)
