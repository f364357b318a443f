"""Counting requests: one conditional write that checks and counts the hour and the minute together.

An item holds one tenant's hour: `n`, its requests, and one counter for each minute of each bucket (`g37`). A request
that either limit refuses is not counted, and costs one write all the same, which tells the present counts.
"""

from datetime import datetime

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from pentarch.limits.errors import RateLimitedError
from pentarch.limits.model import HOUR_S, Bucket, Standing, Window, standing
from pentarch.platform import clients
from pentarch.platform.tables import Table, TableName


class LimitItem(Table):
    """Declares the keys; the counters' names depend on the time, so they are written by expression."""

    class Meta:
        table_name = TableName("LIMITS_TABLE")

    tenant = UnicodeAttribute(hash_key=True)
    window = UnicodeAttribute(range_key=True)
    ttl = NumberAttribute(null=True)


def count(subject: str, *, per_hour: int, bucket: Bucket | None, at: datetime) -> Standing:
    """Count one request of a subject (a tenant, say), or raise RateLimitedError and count nothing."""
    window = Window.of(at)
    if per_hour < 1:
        raise RateLimitedError(Standing(0, 0, window.hour_end, HOUR_S), window.hour_end - int(at.timestamp()))
    names = {"#n": "n", "#ttl": "ttl"}
    values = {":one": {"N": "1"}, ":hour": {"N": str(per_hour)}, ":ttl": {"N": str(window.hour_end + HOUR_S)}}
    condition = "(attribute_not_exists(#n) OR #n < :hour)"
    addition = "#n :one"
    minute_name = ""
    if bucket is not None:
        minute_name = f"{bucket.code}{window.minute}"
        names["#m"] = minute_name
        values[":minute"] = {"N": str(bucket.per_minute)}
        condition += " AND (attribute_not_exists(#m) OR #m < :minute)"
        addition += ", #m :one"
    client = clients.dynamodb()
    try:
        answer = client.update_item(
            TableName=LimitItem.Meta.table_name,
            Key={"tenant": {"S": subject}, "window": {"S": str(window.hour_start)}},
            UpdateExpression=f"SET #ttl = :ttl ADD {addition}",
            ConditionExpression=condition,
            ExpressionAttributeNames=names,
            ExpressionAttributeValues=values,
            ReturnValues="UPDATED_NEW",
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )
    except client.exceptions.ConditionalCheckFailedException as error:
        counts = error.response.get("Item", {})
        refused = standing(
            window,
            hour_count=_number(counts, "n"),
            per_hour=per_hour,
            minute_count=_number(counts, minute_name),
            bucket=bucket,
        )
        raise RateLimitedError(refused, max(1, refused.reset - int(at.timestamp()))) from error
    counts = answer["Attributes"]
    return standing(
        window,
        hour_count=_number(counts, "n"),
        per_hour=per_hour,
        minute_count=_number(counts, minute_name),
        bucket=bucket,
    )


def _number(counts: object, name: str) -> int:
    attribute = counts.get(name) if isinstance(counts, dict) else None
    return int(attribute["N"]) if attribute else 0
