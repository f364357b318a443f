"""The process's logger: JSON lines with the correlation id, and no personal data."""

from functools import cache

from aws_lambda_powertools import Logger


@cache
def logger() -> Logger:
    """Service name and level come from POWERTOOLS_SERVICE_NAME and POWERTOOLS_LOG_LEVEL."""
    return Logger(utc=True)
