"""From sections of evidence to a verdict. Whatever is not seen, or not understood, is never called well."""

from collections.abc import Mapping

from compliance.facts import UnseenFieldError
from compliance.model import Check, Outcome, Section, Unseen, Verdict
from pentarch.platform.observability import logger


def judge(check: Check, sections: Mapping[str, Section]) -> tuple[Verdict, Outcome | str]:
    """The verdict, with the outcome it rests on; or with the reason why there is none."""
    needed = []
    for name in check.needs:
        section = sections.get(name, Unseen("it was not collected"))
        if isinstance(section, Unseen):
            return Verdict.NOT_ASSESSED, f"{name}: {section.reason}"
        needed.append(section)
    try:
        outcome = check.judge(*needed)
    except UnseenFieldError as error:
        return Verdict.NOT_ASSESSED, str(error)
    except Exception:  # noqa: BLE001 (a check that breaks knows nothing, and must not stop the others)
        logger().exception("check broke", check=check.id)
        return Verdict.NOT_ASSESSED, "the check could not read the evidence"
    if outcome.faults:
        return Verdict.FAILED, outcome
    return (Verdict.PASSED if outcome.examined else Verdict.NOT_APPLICABLE), outcome
