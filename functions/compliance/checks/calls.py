"""Checks of the model calls: classified, routed as policy says, and sent to nobody who may not see them."""

from collections.abc import Iterator, Sequence

from compliance import routed
from compliance.checks.regions import is_in_eea
from compliance.checks.rules import each
from compliance.checks.sampling import sampled
from compliance.facts import read
from compliance.model import Check, JsonObject, Outcome, Severity
from pentarch.llm.classification import FLOORS, Kind
from pentarch.llm.model import Sensitivity

_CONFIDENTIAL = frozenset({Sensitivity.SENSITIVE, Sensitivity.CRITICAL})
_SENSITIVE = "sensitive_calls"
_RANKS = {str(one): one.rank for one in Sensitivity}


def _is_confidential(call: JsonObject) -> bool:
    return read(call, "sensitivity") in _CONFIDENTIAL


def _classified(calls: Sequence[JsonObject], log: Sequence[JsonObject]) -> Outcome:
    def rule(call: JsonObject) -> str | None:
        return None if read(call, "sensitivity") in _RANKS else "the call was made without a class of sensitivity"

    return sampled(each(calls, rule), log)


def _floors_kept(calls: Sequence[JsonObject], log: Sequence[JsonObject]) -> Outcome:
    """By what is built in, whatever the tenant's own policy says: a loosened floor is a fault."""

    def rule(call: JsonObject) -> Iterator[str]:
        rank = _RANKS.get(read(call, "sensitivity"), -1)
        for kind in read(call, "found"):
            floor = FLOORS.get(Kind(kind))
            if floor is not None and rank < floor.rank:
                yield f"a prompt in which {kind} was recognised is classed {call['sensitivity']}, under {floor}"

    return sampled(each(calls, rule, where=lambda call: bool(read(call, "found"))), log)


def _attributable(calls: Sequence[JsonObject], log: Sequence[JsonObject]) -> Outcome:
    def rule(call: JsonObject) -> Iterator[str]:
        if not read(call, "has_actor"):
            yield "nobody is named as the caller"
        if not read(call, "correlation_id"):
            yield "the call has no correlation id"

    return sampled(each(calls, rule), log)


def _refusals_explained(calls: Sequence[JsonObject], log: Sequence[JsonObject]) -> Outcome:
    def rule(call: JsonObject) -> str | None:
        told = read(call, "reason") and read(call, "excluded") and read(call, "has_proof")
        return None if told else "the refusal does not say which rule took each model out"

    return sampled(each(calls, rule, where=lambda call: read(call, "outcome") == "refused"), log)


def _routed_as_policy_says(calls: Sequence[JsonObject], log: Sequence[JsonObject]) -> Outcome:
    def rule(call: JsonObject) -> list[str]:
        """A proof that is not kept was verified when the evidence was collected."""
        return list(routed.faults(call) if "routing" in call else read(call, "found_faults"))

    outcome = sampled(each(calls, rule), log, _SENSITIVE)
    kept = sum("routing" in call for call in calls)
    if kept == len(calls):
        return outcome
    return Outcome((*outcome.examined, f"the proofs of the newest {kept} are kept with the evidence"), outcome.faults)


def _sent(calls: Sequence[JsonObject]) -> list[JsonObject]:
    """One row for each model that was sent a prompt, under the name of the call."""
    return [{**place, **call, "place": place} for call in calls for place in read(call, "sent_to")]


def _cleared(calls: Sequence[JsonObject], log: Sequence[JsonObject]) -> Outcome:
    def rule(sent: JsonObject) -> str | None:
        """Unknown counts as unsafe."""
        wanted, cleared = sent["sensitivity"], read(sent, "place", "max_sensitivity")
        if cleared in _RANKS and _RANKS[cleared] >= _RANKS[wanted]:
            return None
        return f"a {wanted} prompt was sent to {sent['service_id']}, which may see {cleared or 'PUBLIC'} at most"

    return sampled(each(_sent(calls), rule, where=_is_confidential), log, _SENSITIVE)


def _encrypted(calls: Sequence[JsonObject], log: Sequence[JsonObject]) -> Outcome:
    def rule(sent: JsonObject) -> str | None:
        if read(sent, "place", "is_encrypted"):
            return None
        return f"a {sent['sensitivity']} prompt was sent to {sent['service_id']} without encryption"

    return sampled(each(_sent(calls), rule, where=_is_confidential), log, _SENSITIVE)


def _within_the_eea(calls: Sequence[JsonObject], log: Sequence[JsonObject]) -> Outcome:
    def rule(sent: JsonObject) -> str | None:
        region = read(sent, "place", "region")
        if is_in_eea(region):
            return None
        where = f"in {region}" if region else "at a place that nobody has told"
        return f"a {sent['sensitivity']} prompt was sent to {sent['service_id']}, {where}"

    def is_meant(sent: JsonObject) -> bool:
        return _is_confidential(sent) and bool(read(sent, "place", "is_outside"))

    return sampled(each(_sent(calls), rule, where=is_meant), log, _SENSITIVE)


def _providers_described(models: Sequence[JsonObject]) -> Outcome:
    def rule(model: JsonObject) -> Iterator[str]:
        for field, words in (("region", "where it runs"), ("max_sensitivity", "the highest class that it may see")):
            if read(model, field) is None:
                yield f"its data policy does not say {words}"

    return each(models, rule)


def _providers_not_cleared_for_all(models: Sequence[JsonObject]) -> Outcome:
    def rule(model: JsonObject) -> str | None:
        if read(model, "max_sensitivity") != Sensitivity.CRITICAL:
            return None
        return "a model outside may see CRITICAL prompts: card numbers, national ids and secret keys"

    return each(models, rule)


CHECKS: tuple[Check, ...] = (
    Check(
        id="model-calls-classified",
        title="Every model call has a class of sensitivity",
        severity=Severity.HIGH,
        evidence_type="data_processing",
        needs=("model_calls", "event_log"),
        rationale="What a prompt holds decides where it may go; a call without a class went by no rule.",
        remediation="Find the caller by the event's correlation id; let it call through the gateway, which classifies.",
        judge=_classified,
    ),
    Check(
        id="prompt-classes-not-understated",
        title="No prompt is classed lower than what was recognised in it demands",
        severity=Severity.CRITICAL,
        evidence_type="data_processing",
        needs=("model_calls", "event_log"),
        rationale=(
            "Card numbers, national ids and keys make a prompt CRITICAL, addresses and telephone numbers SENSITIVE. A"
            " tenant can lower that for itself, which then shows here: the built-in floors are what is judged by."
        ),
        remediation="Take the lowered floors out of the configuration of the type sensitivity_policy.",
        judge=_floors_kept,
    ),
    Check(
        id="model-calls-attributable",
        title="Every model call names its caller and its request",
        severity=Severity.MEDIUM,
        evidence_type="audit_logs",
        needs=("model_calls", "event_log"),
        rationale="A use of data that cannot be followed to who asked for it cannot be accounted for.",
        remediation="Give each caller a credential of its own; a correlation id is made where a caller sends none.",
        judge=_attributable,
    ),
    Check(
        id="refusals-explained",
        title="Every refusal by policy is recorded with its reasons",
        severity=Severity.MEDIUM,
        evidence_type="audit_logs",
        needs=("model_calls", "event_log"),
        rationale="A refusal shows that a rule works, and is the first trace of somebody who tries to get past it.",
        remediation="Look for what writes events past the gateway; its refusals carry rule and proof by themselves.",
        judge=_refusals_explained,
    ),
    Check(
        id="sensitive-calls-routed-as-policy-says",
        title="Every SENSITIVE or CRITICAL call went where the policies in force allowed, by a proof that holds",
        severity=Severity.CRITICAL,
        evidence_type="data_processing",
        needs=("sensitive_calls", "event_log"),
        rationale=(
            "Each call's event holds all that its routing depended on: candidates, policies, weights. The decision is"
            " made again from that here, and every difference is a fault; nothing rests on the router's own word."
        ),
        remediation="Treat it as an incident: an event was changed, or a router ran with other rules than it stated.",
        judge=_routed_as_policy_says,
    ),
    Check(
        id="sensitive-calls-sent-to-cleared-models",
        title="No confidential prompt was sent to a model without clearance for its class",
        severity=Severity.CRITICAL,
        evidence_type="data_processing",
        needs=("model_calls", "event_log"),
        rationale="A model of which nothing is said may see PUBLIC prompts only; this looks at what was really sent.",
        remediation="Treat it as a disclosure: find the calls by their events, and correct the provider in the secret.",
        judge=_cleared,
    ),
    Check(
        id="sensitive-calls-encrypted",
        title="Confidential prompts travel encrypted",
        severity=Severity.CRITICAL,
        evidence_type="data_processing",
        needs=("model_calls", "event_log"),
        rationale="A prompt on a plain connection can be read and changed by whoever sits on the way.",
        remediation="Give the provider an https address, and set require_encryption in the routing policy.",
        judge=_encrypted,
    ),
    Check(
        id="sensitive-calls-within-eea",
        title="Confidential prompts stay within the European Economic Area",
        severity=Severity.HIGH,
        evidence_type="data_processing",
        needs=("model_calls", "event_log"),
        rationale=(
            "A prompt that may hold personal data and goes to a model outside the area is a transfer, which needs an"
            " adequacy decision, safeguards or a derogation. None of these can be seen here, so each one is shown."
        ),
        remediation="Allow regions of the area alone (allowed_regions), or record the legal basis of the transfer.",
        judge=_within_the_eea,
    ),
    Check(
        id="outside-models-described",
        title="Every model outside has a data policy that says where it runs and what it may see",
        severity=Severity.MEDIUM,
        evidence_type="data_processing",
        needs=("outside_models",),
        rationale="Who processes data for somebody else does so on terms that are known; these are the least of them.",
        remediation="Complete data_policy (region, max_sensitivity) of the provider in the providers' secret.",
        judge=_providers_described,
    ),
    Check(
        id="outside-models-not-cleared-for-critical",
        title="No model outside is cleared for CRITICAL prompts",
        severity=Severity.HIGH,
        evidence_type="data_processing",
        needs=("outside_models",),
        rationale="CRITICAL is what does harm at once in the wrong hands; models inside can serve it.",
        remediation="Lower max_sensitivity of the provider to SENSITIVE or below in the providers' secret.",
        judge=_providers_not_cleared_for_all,
    ),
)
