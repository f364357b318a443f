"""Taking requests of data subjects, and telling how they stand."""

import os
from dataclasses import dataclass, replace
from datetime import datetime

from compliance.subjects import facts, store
from compliance.subjects.errors import LastAdminError, OpenRequestError, RequestNotFoundError
from compliance.subjects.model import Kind, Person, Request, State, due
from pentarch.identity import erasure, federation
from pentarch.identity.errors import PermissionDeniedError
from pentarch.identity.model import Caller
from pentarch.identity.model import Kind as PrincipalKind
from pentarch.platform.clock import epoch_ms
from pentarch.platform.ids import uuid7

WRITE = "compliance:write"
ADMINISTER = "identity:admin"
_PSEUDONYM = "u_"


@dataclass(frozen=True, slots=True)
class Subjects:
    caller: Caller
    correlation_id: str = ""

    def request(self, kind: Kind, subject: str, reason: str | None, at: datetime) -> Request:
        """Raises OpenRequestError for what is asked twice, LastAdminError where an erasure would lock everybody out."""
        self._check(kind)
        tenant = self.caller.tenant
        person = person_of(tenant, subject)
        if kind is Kind.ERASURE:
            _check_administrators(tenant, person)
        digest = store.digest(tenant, person.names[0].casefold())
        earlier = store.open_of_person(tenant, kind, digest)
        if earlier is not None:
            return self._again(earlier, at)
        request = Request(
            tenant=tenant,
            id=uuid7(epoch_ms(at)),
            kind=kind,
            state=State.RECEIVED,
            digest=digest,
            requested_by=self.caller.subject,
            received_at=at,
            due_at=due(at),
            person=person,
            reason=reason,
            correlation_id=self.correlation_id,
        )
        store.add(request, facts.requested(request, at))
        return request

    def page(self, *, limit: int, cursor: str | None) -> store.Page:
        self._check(Kind.ACCESS)
        return store.page(self.caller.tenant, limit=limit, cursor=cursor)

    def get_or_raise(self, request_id: str) -> Request:
        self._check(Kind.ACCESS)
        request = store.get(self.caller.tenant, request_id)
        if request is None:
            raise RequestNotFoundError
        return request

    def _again(self, earlier: Request, at: datetime) -> Request:
        """What was given up is begun again, under its old id and by its old date."""
        if earlier.state is not State.FAILED:
            raise OpenRequestError(earlier.id)
        again = replace(earlier, state=State.RECEIVED, requested_by=self.caller.subject)
        store.move(earlier, again, facts.requested(again, at))
        return again

    def _check(self, kind: Kind) -> None:
        for scope in (WRITE, ADMINISTER) if kind is Kind.ERASURE else (WRITE,):
            if not self.caller.may(scope):
                raise PermissionDeniedError(scope)


def person_of(tenant: str, text: str) -> Person:
    """Who is meant: a user by name or by pseudonym, or somebody whom a trusted issuer knows under a name.

    Somebody unknown is a person too, of whom nothing will be found but what still holds the name.
    """
    given = text.strip()
    kind, _, rest = given.rpartition(":")
    if kind == PrincipalKind.FEDERATED:
        return Person(given, None, (rest,), _federated(tenant, rest))
    name = (rest if kind == PrincipalKind.USER else given).lower()
    user = erasure.user(tenant, name)
    if user is None and name.startswith(_PSEUDONYM):
        known = erasure.username_of(tenant, name)
        user = None if known is None else erasure.user(tenant, known)
    if user is not None:
        return Person(given, user.name, (user.name,), (user.subject,))
    return Person(given, name, (name,), (f"{PrincipalKind.USER}:{name}", *_federated(tenant, given)))


def _federated(tenant: str, name: str) -> tuple[str, ...]:
    """What events call somebody of this name, by issuer; or who is called by a pseudonym already."""
    issuers = federation.read_issuers(os.environ.get("OIDC_ISSUERS", ""))
    known = federation.FederatedIdentity(tenant, name, ())
    called = [federation.subject(one, known) for one in issuers if one.tenant == tenant]
    return (*called, f"{PrincipalKind.FEDERATED}:{name}")


def _check_administrators(tenant: str, person: Person) -> None:
    """The worker's transaction decides; this is to say so at once."""
    user = None if person.username is None else erasure.user(tenant, person.username)
    if user is None or not erasure.is_administrator(user):
        return
    if next(erasure.administrators(tenant, but=user.name), None) is None:
        raise LastAdminError
