"""The people of a tenant: their names, roles and passwords."""

from dataclasses import dataclass
from datetime import datetime

from identity import grants, guard, passwords, store
from identity.errors import NotActiveError, WrongPasswordError
from identity.facts import did
from identity.principals import check_administers
from pentarch.events.actor import Actor
from pentarch.identity.model import Caller, Kind, Principal, Status
from pentarch.platform.errors import NotFoundError
from pentarch.platform.ids import short_id


def new_user(
    tenant: str, username: str, *, password: str, roles: tuple[str, ...], created_by: str, at: datetime
) -> Principal:
    """A user's record, not yet stored."""
    passwords.check_policy(password, username)
    return Principal(
        tenant=tenant,
        kind=Kind.USER,
        name=username,
        label=username,
        roles=roles,
        scopes=(),
        status=Status.ACTIVE,
        secret_hash=passwords.hash_password(password),
        created_at=at,
        created_by=created_by,
        pseudonym=short_id("u"),
    )


@dataclass(frozen=True, slots=True)
class Users:
    """The users of the caller's tenant. An admin may see to all; everybody may change their own password."""

    caller: Caller
    correlation_id: str = ""

    def create(self, username: str, *, password: str, roles: tuple[str, ...], at: datetime) -> Principal:
        check_administers(self.caller)
        grants.check_grant(self.caller, roles, ())
        made = new_user(
            self.caller.tenant, username, password=password, roles=roles, created_by=self.caller.subject, at=at
        )
        store.create(made, did(self._actor, "user.created", made.subject, at, roles=list(roles)))
        return made

    def page(self, *, limit: int, cursor: str | None) -> store.Page:
        check_administers(self.caller)
        return store.page(self.caller.tenant, Kind.USER, limit=limit, cursor=cursor)

    def get_or_raise(self, username: str) -> Principal:
        found = store.principal(self.caller.tenant, Kind.USER, username)
        if found is None or not self._is_self(found):
            check_administers(self.caller)
        if found is None:
            msg = f"there is no user {username}"
            raise NotFoundError(msg)
        return found

    def update(
        self,
        username: str,
        *,
        roles: tuple[str, ...] | None,
        status: Status | None,
        password: str | None,
        current_password: str | None,
        at: datetime,
    ) -> Principal:
        """Change what is given. A new password or status logs the user out everywhere."""
        user = self.get_or_raise(username)
        status = None if status is user.status else status
        changed = [n for n, v in (("roles", roles), ("status", status), ("password", password)) if v is not None]
        if not changed:
            return user
        if changed != ["password"]:
            check_administers(self.caller)
        if not self._is_self(user):
            # Whoever sets a password can act as that user, so it takes all of the user's rights, old and new.
            grants.check_grant(self.caller, user.roles, ())
        grants.check_grant(self.caller, roles or (), ())
        if password is not None:
            self._check_password_change(user, password, current_password, at)
        event_type = "user.deactivated" if status is Status.REVOKED else "user.updated"
        facts = {"changed": changed, "roles": list(roles) if roles is not None else None, "status": status}
        store.update_user(
            user,
            roles=roles,
            status=status,
            password_hash=None if password is None else passwords.hash_password(password),
            event=did(self._actor, event_type, user.subject, at, **facts),
        )
        return self.get_or_raise(username)

    def deactivate(self, username: str, *, at: datetime) -> None:
        """The name stays taken, so that an admin can activate the user again."""
        check_administers(self.caller)
        user = self.get_or_raise(username)
        try:
            store.revoke(user, did(self._actor, "user.deactivated", user.subject, at))
        except NotActiveError:
            return

    def _check_password_change(self, user: Principal, password: str, current: str | None, at: datetime) -> None:
        """One's own password needs the present one: whoever finds an open session shall not keep the account."""
        if self._is_self(user):
            guard.count_login(user.name, None, at)
            if current is None or not passwords.is_password(current, user.secret_hash):
                raise WrongPasswordError
        passwords.check_policy(password, user.name)

    def _is_self(self, user: Principal) -> bool:
        return self.caller.subject == user.subject

    @property
    def _actor(self) -> Actor:
        return Actor(self.caller.tenant, self.caller.subject, self.correlation_id)
