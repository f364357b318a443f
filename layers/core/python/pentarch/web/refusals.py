"""What the gate refuses is told to the event log, as far as it is known whom it is about.

A wrong secret for a key that there is, a key that is good no more, a caller without the scope: each is an event of the
tenant whose key or caller it is. Who presents nothing that is known leaves no event, as it would be in nobody's log;
the API's access log has it. Events are bounded for each subject, so nobody can fill a log by knocking.
"""

from datetime import datetime

from botocore.exceptions import BotoCoreError, ClientError
from pynamodb.exceptions import PynamoDBException

from pentarch.events import store as events
from pentarch.events.model import Event, happened
from pentarch.identity.errors import AuthenticationError, PermissionDeniedError
from pentarch.limits import store as limits
from pentarch.limits.errors import RateLimitedError
from pentarch.limits.model import Bucket
from pentarch.platform.observability import logger
from pentarch.web.context import RequestContext

REFUSED = "access.refused"
DENIED = "access.denied"
_PER_SUBJECT = Bucket("r", 12)
"""Events a minute: more than the ten wrong attempts that are taken for a slip, so that guessing shows as such."""
_PER_HOUR = 60


def tell(error: AuthenticationError | PermissionDeniedError, context: RequestContext, at: datetime) -> None:
    """The refusal stands whether or not it could be told."""
    event = _event_of(error, context, at)
    if event is None:
        return
    try:
        limits.count(f"@refused#{event.tenant}#{event.data['subject']}", per_hour=_PER_HOUR, bucket=_PER_SUBJECT, at=at)
        events.append(event)
    except RateLimitedError:
        return
    except (BotoCoreError, ClientError, PynamoDBException) as outage:
        logger().warning("a refusal was not recorded", correlation_id=context.correlation_id, exc_info=outage)


def _event_of(
    error: AuthenticationError | PermissionDeniedError, context: RequestContext, at: datetime
) -> Event | None:
    tags = ("access_control",)
    if isinstance(error, AuthenticationError):
        if error.refused is None:
            return None
        refused = error.refused
        return happened(
            at,
            refused.tenant,
            REFUSED,
            action="access_refuse",
            actor="anybody",
            resource=refused.subject,
            tags=tags,
            correlation_id=context.correlation_id,
            data={"subject": refused.subject, "reason": refused.reason},
        )
    if context.caller is None:
        return None
    subject, scope = context.caller.subject, str(error.details.get("required_scope", ""))
    return happened(
        at,
        context.caller.tenant,
        DENIED,
        action="access_deny",
        actor=subject,
        resource=f"scope:{scope}",
        tags=tags,
        correlation_id=context.correlation_id,
        data={"subject": subject, "required_scope": scope},
    )
