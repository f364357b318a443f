"""The brake on guessing passwords: attempts are counted per user name and per address, in one-minute windows."""

from datetime import datetime

from identity.facts import pseudonym
from pentarch.limits import store as limits
from pentarch.limits.model import Bucket

PER_USERNAME = Bucket("l", 10)
"""Ten tries a minute at a password of twelve characters get nowhere; a person who mistypes is not locked out."""
PER_ADDRESS = Bucket("l", 60)
"""Many people may share an address; one address may not keep the function busy with argon2."""
PER_HOUR = {PER_USERNAME: 200, PER_ADDRESS: 2_000}


def count_login(username: str, address: str | None, at: datetime) -> None:
    """Raise RateLimitedError when there were too many; neither the name nor the address is stored in clear."""
    if address is not None:
        _count(f"@address#{pseudonym(address)}", PER_ADDRESS, at)
    _count(f"@login#{pseudonym(username)}", PER_USERNAME, at)


def count_refused_client(client_id: str, at: datetime) -> None:
    """Bound what refused clients can make a tenant's event log grow. A right secret is never counted nor refused."""
    _count(f"@client#{pseudonym(client_id)}", PER_ADDRESS, at)


def _count(subject: str, bucket: Bucket, at: datetime) -> None:
    limits.count(subject, per_hour=PER_HOUR[bucket], bucket=bucket, at=at)
