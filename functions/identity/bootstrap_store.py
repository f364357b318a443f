"""The transactions of the bootstrap, and its own record: what it issued, so that a reset can revoke it."""

from dataclasses import dataclass
from datetime import datetime

from identity.errors import ChangedMeanwhileError, NotActiveError
from identity.facts import did
from identity.store import add_creation, add_password, add_revocation
from identity.store import principal as stored_principal
from pentarch.events import store as events
from pentarch.events.actor import Actor
from pentarch.identity import store
from pentarch.identity.model import Kind, Principal, Status, Tenant
from pentarch.identity.store import IdentityItem
from pentarch.platform.errors import ConflictError, NotFoundError
from pentarch.platform.tables import Transaction, batch_get

OPERATOR = "system:bootstrap"


class TenantExistsError(ConflictError):
    """The tenant was made before."""


@dataclass(frozen=True, slots=True)
class Issue:
    """What one bootstrap gives out."""

    programs: tuple[Principal, ...]
    """Keys and clients."""
    user: Principal


@dataclass(frozen=True, slots=True)
class Bootstrapped:
    """What the latest bootstrap of a tenant gave out."""

    tenant: str
    username: str
    programs: tuple[tuple[Kind, str], ...]
    revision: int


def create(tenant: Tenant, made: Issue, at: datetime) -> None:
    """Raises TenantExistsError, or NameTakenError when another tenant has the user name."""
    actor = Actor(tenant.id, OPERATOR)
    transaction = Transaction()
    exists = TenantExistsError(f"the tenant {tenant.id} exists")
    transaction.put(store.from_tenant(tenant), condition=IdentityItem.key.does_not_exist(), otherwise=exists)
    events.record(transaction, did(actor, "tenant.created", f"tenant:{tenant.id}", at, **_booked(tenant)))
    add_creation(transaction, *made.programs, made.user)
    for one in (*made.programs, made.user):
        events.record(transaction, did(actor, f"{one.kind}.created", one.subject, at, roles=list(one.roles)))
    transaction.put(_record(made, revision=1))
    transaction.commit()


def read(tenant: str) -> Bootstrapped:
    [item] = batch_get([(IdentityItem, tenant, store.BOOTSTRAP_KEY)], consistent=True)
    if item is None:
        msg = f"there is no tenant {tenant} to reset the credentials of"
        raise NotFoundError(msg)
    programs = tuple((Kind(kind), name) for kind, _, name in (text.partition("#") for text in item.issued or ()))
    return Bootstrapped(tenant, item.username or "", programs, int(item.revision or 0))


def reissue(earlier: Bootstrapped, made: Issue, at: datetime) -> None:
    """Put new credentials in the place of those that the earlier bootstrap gave out; of two at once, one fails."""
    actor = Actor(earlier.tenant, OPERATOR)
    transaction = Transaction()
    meanwhile = ChangedMeanwhileError(f"another bootstrap of {earlier.tenant} ran meanwhile")
    record = _record(made, revision=earlier.revision + 1)
    transaction.put(record, condition=IdentityItem.revision == earlier.revision, otherwise=meanwhile)
    for kind, name in earlier.programs:
        one = stored_principal(earlier.tenant, kind, name)
        if one is not None and one.status is Status.ACTIVE:
            add_revocation(transaction, one)
            events.record(transaction, did(actor, f"{kind}.revoked", one.subject, at))
    user = stored_principal(earlier.tenant, Kind.USER, made.user.name)
    new = made.programs if user is not None else (*made.programs, made.user)  # the former administrator was erased
    add_creation(transaction, *new)
    for one in new:
        events.record(transaction, did(actor, f"{one.kind}.created", one.subject, at, roles=list(one.roles)))
    if user is not None:
        add_password(transaction, user, made.user.secret_hash, roles=made.user.roles, at=at)
        facts = {"changed": ["password", "roles", "status"], "roles": list(made.user.roles)}
        events.record(transaction, did(actor, "user.updated", user.subject, at, **facts))
    try:
        transaction.commit()
    except NotActiveError as error:
        raise meanwhile from error


def change_tenant(wanted: Tenant, at: datetime) -> bool:
    """Give a tenant another tier, rate or budget; False when it has them already."""
    [item] = batch_get([(IdentityItem, wanted.id, store.TENANT_KEY)], consistent=True)
    present = store.to_tenant(item)
    if _booked(present) == _booked(wanted):
        return False
    transaction = Transaction()
    budget = wanted.monthly_budget_nano_usd
    transaction.update(
        IdentityItem(wanted.id, store.TENANT_KEY),
        [
            IdentityItem.tier.set(wanted.tier),
            IdentityItem.requests_per_hour.set(wanted.requests_per_hour),
            IdentityItem.monthly_budget_nano_usd.remove()
            if budget is None
            else IdentityItem.monthly_budget_nano_usd.set(budget),
            IdentityItem.concurrent_executions.remove()
            if wanted.concurrent_executions is None
            else IdentityItem.concurrent_executions.set(wanted.concurrent_executions),
        ],
        condition=IdentityItem.key.exists(),
    )
    event = did(Actor(wanted.id, OPERATOR), "tenant.updated", f"tenant:{wanted.id}", at, **_booked(wanted))
    events.record(transaction, event)
    transaction.commit()
    return True


def _record(made: Issue, *, revision: int) -> IdentityItem:
    issued = [store.principal_key(one.kind, one.name) for one in made.programs]
    return IdentityItem(
        made.user.tenant, store.BOOTSTRAP_KEY, username=made.user.name, issued=issued, revision=revision
    )


def _booked(tenant: Tenant) -> dict[str, object]:
    return {
        "tier": tenant.tier,
        "requests_per_hour": tenant.requests_per_hour,
        "monthly_budget_nano_usd": tenant.monthly_budget_nano_usd,
        "concurrent_executions": tenant.concurrent_executions,
    }
