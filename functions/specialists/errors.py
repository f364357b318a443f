"""What can go wrong with specialists."""

from collections.abc import Sequence

from pentarch.platform.errors import ConflictError, InvalidInputError, NotFoundError


class SpecialistNotFoundError(NotFoundError):
    """The tenant has no such specialist."""

    def __init__(self) -> None:
        super().__init__("no such specialist")


class TrainingNotFoundError(NotFoundError):
    """The specialist has no such training."""

    def __init__(self) -> None:
        super().__init__("the specialist has no such training job")


class DeploymentNotFoundError(NotFoundError):
    """The specialist has no such deployment."""

    def __init__(self) -> None:
        super().__init__("the specialist has no such deployment")


class DatasetNotFoundError(NotFoundError):
    """The tenant has no such dataset."""

    def __init__(self) -> None:
        super().__init__("no such dataset")


class MovedError(ConflictError):
    """The thing is no longer as it was read."""

    def __init__(self, message: str = "it is being changed by others; try again") -> None:
        super().__init__(message, retry_after=1)


class ArchivedError(ConflictError):
    """What is archived is only kept."""

    def __init__(self) -> None:
        super().__init__("the specialist is archived")


class TrainingStateError(ConflictError):
    """The training is in another state than this needs."""


class NotDeployableError(ConflictError):
    """There is no version, or it does not keep what was asked of it."""


class NotServedError(ConflictError):
    """No version of the specialist is deployed there."""


class DatasetSourceError(InvalidInputError):
    """The dataset cannot be had from what `training_data.dataset` says."""

    def __init__(self, message: str) -> None:
        super().__init__(message, field="training_data.dataset")


class ParametersError(InvalidInputError):
    """Parameters that a training of this type cannot work with."""

    def __init__(self, message: str, name: str) -> None:
        super().__init__(message, field=f"training_data.parameters.{name}")


class PredictionInputError(InvalidInputError):
    """Inputs that the model was not made for."""

    def __init__(self, message: str, field: str = "inputs") -> None:
        super().__init__(message, field=field)


class Fault:
    """One thing wrong with a dataset; `line` counts from 1 and is None where it is about all of it."""

    __slots__ = ("line", "problem")

    def __init__(self, problem: str, line: int | None = None) -> None:
        self.problem = problem
        self.line = line

    def told(self) -> dict[str, object]:
        return {"line": self.line, "problem": self.problem}


class BadDatasetError(Exception):
    """The dataset cannot be learned from; it says where."""

    def __init__(self, faults: Sequence[Fault], *, more: int = 0) -> None:
        first = faults[0]
        where = "" if first.line is None else f"line {first.line}: "
        super().__init__(f"{where}{first.problem}")
        self.faults = tuple(faults)
        self.more = more
        """Faults beyond those that are listed."""

    def told(self) -> dict[str, object]:
        return {
            "code": "BAD_DATASET",
            "message": str(self),
            "faults": [fault.told() for fault in self.faults],
            "more_faults": self.more,
        }


class ProviderRefusedError(Exception):
    """A provider will not train, and another try would not help; the message holds no word of its answer."""


class ModelTamperedError(Exception):
    """A model's files are not what was signed when it was trained."""
