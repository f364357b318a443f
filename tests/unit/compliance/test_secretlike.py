"""What is taken for a secret in a function's variables, and what is not."""

import pytest

from compliance.evidence import secretlike

KEY = "AKIA" + "Q3EGTKX7WD2VAZ9B"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ANY", KEY),
        ("ANY", f"id={KEY};rest"),
        ("ANY", "ASIA" + "Q3EGTKX7WD2VAZ9B"),
        ("ANY", "-----BEGIN EC PRIVATE KEY-----\nMHcCAQ"),
        ("ANY", "-----BEGIN PRIVATE KEY-----"),
        ("ANY", "sk-" + "proj-abcdefghijklmnop1234"),
        ("ANY", "sk_" + "live_abcdefghijklmnop1234"),
        ("ANY", "ghp_" + "16C7e42F292c6912E7710c838347Ae178B4a"),
        ("ANY", "xoxb-" + "123456789012-abcdefghij"),
        ("ANY", "AIza" + "SyA1234567890abcdefghijklmnopqrstuv"),
        ("ANY", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"),
        ("DATABASE_URL", "postgres://app:hunter2@db.internal:5432/app"),
        ("ANY", "https://user:pass@example.com/"),
        ("DB_PASSWORD", "hunter2"),
        ("db_password", "hunter2"),
        ("ADMIN_TOKEN", "opensesame"),
        ("OPENAI_API_KEY", "short"),
        ("APIKEY", "short"),
        ("SALT", "b1946ac92492d2347c6235b4d2611184"),
        ("SALT", "kP3vQ9xT2mZ7rB5nW8cY4dF6"),
    ],
)
def test_a_secret_is_seen_by_its_form_or_by_its_name(name: str, value: str) -> None:
    found = secretlike.reason(name, value)
    assert found
    assert value not in found


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DB_PASSWORD", ""),
        ("PROVIDERS_SECRET", "arn:aws:secretsmanager:us-east-1:123456789012:secret:providers-AbCdEf"),
        ("PROVIDERS_SECRET", "pentarch-ProvidersSecret-B3EC45464959A"),
        ("DB_PASSWORD", "{{resolve:secretsmanager:db}}"),
        ("SEALS_KEY", "arn:aws:kms:us-east-1:123456789012:key/96e89d9d-f420-404b-ba5a-fae90807fd9a"),
        ("TOKEN_TTL", "3600"),
        ("TOKEN_URL", "https://login.example.com/token"),
        ("BUILD_COMMIT", "9fceb02d0ae598e95dc970b74767f19372d61af8"),
        ("JOBS_QUEUE_URL", "https://sqs.us-east-1.amazonaws.com/123456789012/pentarch-JobsQueue-7DB2D2B0DA0A5"),
        ("EVENTS_TABLE", "pentarch-EventsTable-E5C5C2F0FF666"),
        ("STACK_ID", "arn:aws:cloudformation:us-east-1:1:stack/pentarch/59b23916-7a9f-4a21-8875-ae1b64e95955"),
        ("OIDC_ISSUERS", "[]"),
        ("CORS_ORIGINS", "*"),
        ("LEVEL", "INFO"),
        ("TENANT", "59b23916-7a9f-4a21-8875-ae1b64e95955"),
        ("TEXT", "this-is-a-long-name-of-something-plain"),
    ],
)
def test_what_is_public_or_only_refers_to_a_secret_is_left_alone(name: str, value: str) -> None:
    assert secretlike.reason(name, value, {"pentarch-ProvidersSecret-B3EC45464959A"}) is None
