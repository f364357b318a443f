"""What is chosen from, what is asked, and what was decided: plain JSON, because all of it ends in a proof.

Whoever checks a proof reads these values as they were when the decision was made; nothing is looked up again.
"""

from typing import Final, Literal, NotRequired, TypedDict

Stage = Literal["contract_matching", "rule_evaluation", "security_verification", "optimization"]
MATCHING: Final = "contract_matching"
RULES: Final = "rule_evaluation"
SECURITY: Final = "security_verification"
OPTIMIZATION: Final = "optimization"
SENSITIVITIES: Final = ("PUBLIC", "INTERNAL", "SENSITIVE", "CRITICAL")
STAGES: Final[tuple[Stage, ...]] = (MATCHING, RULES, SECURITY, OPTIMIZATION)


class Guarantees(TypedDict, total=False):
    """What a contract promises."""

    latency_ms: float
    throughput_tokens_per_sec: float
    reliability: float
    """The share of requests that succeed, 0 to 1."""


class DataPolicy(TypedDict, total=False):
    """What becomes of data that a service sees. What is not said counts as unsafe."""

    region: str
    retention_days: int
    certifications: list[str]
    max_sensitivity: str
    """The most confidential class it may see."""


class Observed(TypedDict, total=False):
    """What was measured lately, as decaying averages; absent until something was."""

    latency_ms: float
    success_rate: float


class Candidate(TypedDict):
    """A service as the registry knew it at the moment of the decision."""

    service_id: str
    revision: int
    base_url: str
    protocol: str
    active: bool
    capabilities: list[str]
    guarantees: Guarantees
    cost_per_token: float | None
    traits: dict[str, str]
    data_policy: DataPolicy
    observed: Observed
    capacity_tokens: NotRequired[int]
    """Tokens of prompt and answer that one request may hold; absent: no bound."""
    preference: NotRequired[int]
    """Candidates of a higher preference go before all of a lower one; within one the score decides."""
    needs_credential: NotRequired[bool]
    credential_ref: NotRequired[str]
    """Where its secret lies: a name, never the secret."""
    credential_missing: NotRequired[bool]
    """Nothing is stored by the name of `credential_ref`."""
    vouched: NotRequired[bool]
    """The operator configured it: it may be outside unless a policy forbids that."""


class Constraints(TypedDict, total=False):
    """Bounds that every feasible candidate keeps."""

    max_latency_ms: float
    min_throughput_tokens_per_sec: float
    max_cost_per_token: float
    min_reliability: float


class Need(TypedDict):
    """What a request demands of whoever serves it."""

    capabilities: list[str]
    constraints: Constraints
    traits: dict[str, str]
    sensitivity: NotRequired[str]
    """The class of what is sent; absent: nothing confidential."""
    size_tokens: NotRequired[int]
    asked_for: NotRequired[str]
    """A candidate that the caller named: it goes first if it is feasible."""


class Gate(TypedDict):
    """What the last assessment of a framework must have found before anything goes outside."""

    framework: str
    min_score: NotRequired[float]
    max_critical_findings: NotRequired[int]
    max_age_days: NotRequired[float]
    from_sensitivity: NotRequired[str]
    """The least class that the gate is about; absent: every class."""


class Standing(TypedDict):
    """What the last assessment of a framework found."""

    score: float
    critical_findings: int
    age_days: float
    """At the moment of the decision."""


class Policies(TypedDict, total=False):
    """Rules of the tenant and of the request, already combined: of two, the stricter."""

    require_encryption: bool
    allow_external_services: bool
    allowed_regions: list[str]
    required_certifications: list[str]
    min_reliability: float
    max_retention_days: int
    denied_services: list[str]
    compliance_gates: list[Gate]


class Weights(TypedDict):
    """How much each utility counts; they add up to 1."""

    latency: float
    throughput: float
    cost: float
    reliability: float
    traits: float


DEFAULT_WEIGHTS: Final[Weights] = {
    "latency": 0.3,
    "throughput": 0.15,
    "cost": 0.25,
    "reliability": 0.2,
    "traits": 0.1,
}


class Problem(TypedDict):
    """Everything that a decision depends on."""

    need: Need
    policies: Policies
    weights: Weights
    candidates: list[Candidate]
    standing: NotRequired[dict[str, Standing]]
    """By framework; there when a gate asks for it."""


class Exclusion(TypedDict):
    """The first demand that a candidate does not meet."""

    stage: Stage
    rule: str
    reason: str


class Evaluation(TypedDict):
    """One candidate, judged: excluded, or scored."""

    service_id: str
    excluded: Exclusion | None
    utilities: dict[str, float] | None
    score: float | None


class Decision(TypedDict):
    """Feasible candidates, the best first, and how each of all was judged (in the order of their ids)."""

    order: list[str]
    evaluations: list[Evaluation]
