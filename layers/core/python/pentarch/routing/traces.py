"""Checking a trace of a routing decision, as `/api/traces/{id}` gives it, with no trust in who made it."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from . import composite, places, proof
from .model import Candidate
from .proof import Proof

_NONE = "there is no routing proof in it"


def verify(trace: object) -> list[str]:
    """What is wrong with a trace, each in a sentence; nothing when it holds. Never raises."""
    found: list[str] = []
    try:
        for fault in _faults(trace):
            found.append(fault)  # noqa: PERF402 (what was found stays when the rest cannot be read)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, RecursionError) as error:
        found.append(f"this is no trace of a routing decision: {type(error).__name__} {error}")
    return found


def _faults(trace: Any) -> Iterator[str]:  # noqa: ANN401 (whatever somebody hands in as a trace)
    told: Mapping[str, Any] = trace["proof"]
    links: list[Proof] = told.get("links") or []
    if not links:
        yield _NONE
        return
    for number, link in enumerate(links, 1):
        for fault in proof.verify(link):
            yield f"link {number}: {fault}" if len(links) > 1 else fault
    if told.get("whole") is not None:
        for fault in proof.verify(told["whole"]):
            yield f"whole: {fault}"
    yield from _request_faults(trace["request"], links, told.get("whole"))
    strangers = list(_strangers(links))
    if strangers:
        yield f"{', '.join(strangers)} is told to be chosen, and was no candidate"
        return
    yield from _chain_faults(links, told.get("whole"))
    yield from _outcome_faults(trace, told, links)


def _request_faults(request: Mapping[str, Any], links: list[Proof], whole: Proof | None) -> Iterator[str]:
    """The proof is of this request: of what it needs, its traits and its class."""
    need = (whole or links[0])["problem"]["need"]
    wanted = list(dict.fromkeys([request["intent"], *request.get("required_capabilities", [])]))
    if need["capabilities"] != wanted:
        yield f"the request needs {wanted}, and the proof is of {need['capabilities']}"
    if need["traits"] != request["traits"]:
        yield "the traits of the request are not those of the proof"
    if need.get("sensitivity") != request.get("sensitivity"):
        yield "the sensitivity of the request is not that of the proof"
    if "constraints" in request and need["constraints"] != request["constraints"]:
        yield "the constraints of the request are not those of the proof"


def _chain_faults(links: list[Proof], whole: Proof | None) -> Iterator[str]:
    """Each link has the next capability, the same rules, and the bounds that the ones before it left."""
    if whole is None:
        if len(links) > 1:
            yield "a chain does not prove that no single service could do it"
        return
    need = whole["problem"]["need"]
    if whole["chosen"] is not None:
        yield f"{whole['chosen']} could do it alone"
    left = need["constraints"]
    for number, link in enumerate(links, 1):
        expected = {**need, "capabilities": need["capabilities"][number - 1 : number], "constraints": left}
        if link["problem"]["need"] != expected:
            yield f"link {number}: the need is not the one that the chain has come to"
        for part in ("policies", "weights"):
            if link["problem"][part] != whole["problem"][part]:
                yield f"link {number}: its {part} are not those of the chain"
        if link["chosen"] is None:
            break
        left = composite.what_is_left(left, composite.chosen_of(link))
    if links[-1]["chosen"] is not None and len(links) != len(need["capabilities"]):
        yield "the chain ends before all capabilities have a service"


def _strangers(links: Iterable[Proof]) -> Iterator[str]:
    """What is told to be chosen, and was no candidate."""
    for link in links:
        known = {one["service_id"] for one in link["problem"]["candidates"]}
        if link["chosen"] is not None and link["chosen"] not in known:
            yield str(link["chosen"])


def _outcome_faults(trace: Mapping[str, Any], told: Mapping[str, Any], links: list[Proof]) -> Iterator[str]:
    """What was decided, and what is told of it, is what the links prove."""
    is_feasible = all(link["chosen"] is not None for link in links)
    decision = trace.get("decision")
    if not is_feasible:
        if decision is not None:
            yield "something was decided, and nothing is feasible"
        return
    if decision is None:
        yield "nothing was decided, and something is feasible"
        return
    chain: list[Candidate] = [composite.chosen_of(link) for link in links]
    yield from _decision_faults(decision, chain)
    if told["master_equation_score"] != composite.score(links):
        yield f"the score is {composite.score(links)}, not {told['master_equation_score']}"
    if told["guarantee_composition"] != composite.compose(chain):
        yield f"the guarantees compose to {dict(composite.compose(chain))}"
    for flag in ("contract_match", "rule_satisfaction", "security_verified"):
        if told[flag] is not True:
            yield f"{flag} is told to be {told[flag]}"


def _decision_faults(decision: Mapping[str, Any], chain: list[Candidate]) -> Iterator[str]:
    """The services and addresses of the decision are those of the chain."""
    stops = decision.get("chain") or [decision]
    named, expected = [stop["service_id"] for stop in stops], [one["service_id"] for one in chain]
    if named != expected or decision["service_id"] != expected[0]:
        yield f"the decision names {named}, and the proof {expected}"
        return
    for stop, one in zip([*stops, decision], [*chain, chain[0]], strict=True):
        if not stop["service_url"].startswith(one["base_url"].rstrip("/")):
            yield f"{stop['service_url']} is not at {one['service_id']}"
        if stop.get("headers", {}) != places.reference(one):
            yield f"the headers for {one['service_id']} are not the reference to its credential"
