"""What can go wrong with a model call."""

from pentarch.platform.errors import Meaning, PentarchError


class UpstreamError(PentarchError):
    """A backend did not give a usable answer; another backend may be tried."""

    meaning = Meaning.UPSTREAM_FAILED


class UpstreamUnavailableError(UpstreamError):
    """The backend cannot be reached, or answers with a server error."""


class UpstreamRateLimitedError(UpstreamError):
    """The backend refuses because of its own limits; `retry_after` holds its advice in seconds."""


class UpstreamTimeoutError(UpstreamError):
    """The backend did not answer in time."""

    meaning = Meaning.UPSTREAM_TIMEOUT


class UpstreamGarbageError(UpstreamError):
    """The backend answered with something that is not what its API promises."""


class UpstreamCredentialsError(UpstreamError):
    """The backend does not accept Pentarch's credentials for it; an operator has to mend that."""


class PromptRefusedError(PentarchError):
    """The backend calls the prompt itself invalid (too long, for example); another try would not help."""

    meaning = Meaning.INVALID


class EmbeddingsUnsupportedError(PentarchError):
    """The model does not make embeddings."""

    meaning = Meaning.INVALID


class PromptTooLongError(PentarchError):
    """Prompt and answer do not fit into the model's context window."""

    meaning = Meaning.INVALID


class ModelNotFoundError(PentarchError):
    """No model of that name is known, not even as an alias."""

    meaning = Meaning.MODEL_NOT_FOUND


class ToolsUnsupportedError(PentarchError):
    """No model that may see the prompt calls tools."""

    meaning = Meaning.INVALID


class AnsweredBeforeError(PentarchError):
    """Another try of the same call has kept its answer; this one was paid for all the same, and its event says so."""

    meaning = Meaning.CONFLICT


class PolicyRefusedError(PentarchError):
    """No backend may see a prompt of this sensitivity: the call fails closed."""

    meaning = Meaning.POLICY_REFUSED
