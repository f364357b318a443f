# Written from _async by unasync.py ("make sdk"): change it there.
"""MetaQore's specialists, and the datasets that they learn from."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pentarch_client._sync.endpoints import Endpoints
from pentarch_client._sync.listing import Listing
from pentarch_client._sync.waiting import wait
from pentarch_client.models import (
    Dataset,
    Specialist,
    SpecialistDeployment,
    SpecialistVersion,
    Training,
    TrainingStarted,
)
from pentarch_client.records import Record
from pentarch_client.requests import given

_ALL = "/api/v1/specialists"
_ONE = "/api/v1/specialists/{id}"
_TRAINING = "/api/v1/specialists/{id}/training/{job_id}"


class Specialists(Endpoints):
    def list(
        self,
        *,
        status: str | None = None,
        skill: str | None = None,
        limit: int | None = None,
        offset: int | None = None,
    ) -> Listing[Specialist]:
        query = given(status=status, skill=skill, limit=limit, offset=offset)
        return self._list(_ALL, "specialists", Specialist, query)

    def create(
        self,
        name: str,
        skills: Sequence[str],
        description: str | None = None,
        *,
        training_config: Mapping[str, Any] | None = None,
        validation_criteria: Mapping[str, Any] | None = None,
        gateway: Mapping[str, Any] | None = None,
    ) -> Specialist:
        """Propose one. The API asks for a description; without one, the skills describe it."""
        body = given(
            name=name,
            description=description or f"Specialist in {', '.join(skills)}",
            skills=list(skills),
            training_config=training_config,
            validation_criteria=validation_criteria,
            gateway=gateway,
        )
        return Specialist((self._send("POST", _ALL, body=body))["specialist"])

    def get(self, specialist_id: str) -> Specialist:
        return Specialist((self._send("GET", _ONE, places={"id": specialist_id}))["specialist"])

    def archive(self, specialist_id: str) -> Record:
        """Nothing asks it any more, and all of it is kept."""
        return Record(self._send("DELETE", _ONE, places={"id": specialist_id}))

    def train(
        self,
        specialist_id: str,
        dataset: str,
        *,
        type: str = "supervised",  # noqa: A002 (the reference's name)
        parameters: Mapping[str, Any] | None = None,
    ) -> TrainingStarted:
        """Begin a training. `dataset` is a dataset's id, or a data:, s3: or https: address."""
        data = given(type=type, dataset=dataset, parameters=parameters)
        body = {"training_data": data, "async": True}
        return TrainingStarted(self._send("POST", _ONE + "/train", places={"id": specialist_id}, body=body))

    def train_now(
        self,
        specialist_id: str,
        dataset: str,
        *,
        type: str = "supervised",  # noqa: A002 (the reference's name)
        parameters: Mapping[str, Any] | None = None,
    ) -> Training:
        """Train on a dataset of 1 MB at most, and answer when it has ended, or after 22 seconds as it then is."""
        data = given(type=type, dataset=dataset, parameters=parameters)
        body = {"training_data": data, "async": False}
        return Training(self._send("POST", _ONE + "/train", places={"id": specialist_id}, body=body))

    def training(self, specialist_id: str, job_id: str) -> Training:
        return Training(self._send("GET", _TRAINING, places={"id": specialist_id, "job_id": job_id}))

    def wait_for_training(
        self,
        specialist_id: str,
        job_id: str,
        *,
        on_progress: Callable[[Training], object] | None = None,
        seconds: float = 3600,
    ) -> Training:
        """The training once it is completed, failed or cancelled."""
        return wait(
            lambda: self.training(specialist_id, job_id),
            lambda seen: seen.is_over,
            what=f"training {job_id}",
            seconds=seconds,
            tell=on_progress,
        )

    def pause(self, specialist_id: str, job_id: str) -> Training:
        places = {"id": specialist_id, "job_id": job_id}
        return Training(self._send("POST", _TRAINING + "/pause", places=places))

    def resume(self, specialist_id: str, job_id: str) -> Training:
        places = {"id": specialist_id, "job_id": job_id}
        return Training(self._send("POST", _TRAINING + "/resume", places=places))

    def cancel(self, specialist_id: str, job_id: str) -> Training:
        places = {"id": specialist_id, "job_id": job_id}
        return Training(self._send("POST", _TRAINING + "/cancel", places=places))

    def versions(
        self, specialist_id: str, *, limit: int | None = None, before: int | None = None
    ) -> Listing[SpecialistVersion]:
        query = given(limit=limit, before=before)
        return self._list(_ONE + "/versions", "versions", SpecialistVersion, query, id=specialist_id)

    def deploy(
        self,
        specialist_id: str,
        environment: str,
        *,
        version: int | None = None,
        rollback_on_failure: bool | None = None,
        canary_share: float | None = None,
        shadow: float | None = None,
    ) -> SpecialistDeployment:
        body = given(
            environment=environment,
            version=version,
            rollback_on_failure=rollback_on_failure,
            canary_share=canary_share,
            shadow=shadow,
        )
        places = {"id": specialist_id}
        return SpecialistDeployment(self._send("POST", _ONE + "/deploy", places=places, body=body))

    def deployment(self, specialist_id: str, deployment_id: str) -> SpecialistDeployment:
        places = {"id": specialist_id, "deployment_id": deployment_id}
        return SpecialistDeployment(self._send("GET", _ONE + "/deployments/{deployment_id}", places=places))

    def wait_for_deployment(
        self,
        specialist_id: str,
        deployment_id: str,
        *,
        on_progress: Callable[[SpecialistDeployment], object] | None = None,
        seconds: float = 300,
    ) -> SpecialistDeployment:
        return wait(
            lambda: self.deployment(specialist_id, deployment_id),
            lambda seen: seen.is_over,
            what=f"deployment {deployment_id}",
            seconds=seconds,
            tell=on_progress,
        )

    def rollback(
        self,
        specialist_id: str,
        *,
        environment: str | None = None,
        version: int | None = None,
        deployment_id: str | None = None,
    ) -> Record:
        body = given(environment=environment, version=version, deployment_id=deployment_id)
        return Record(self._send("POST", _ONE + "/rollback", places={"id": specialist_id}, body=body))

    def predict(
        self,
        specialist_id: str,
        *,
        text: str | None = None,
        features: Sequence[float] | Mapping[str, float] | None = None,
        inputs: Sequence[Any] | None = None,
        environment: str | None = None,
    ) -> Record:
        """Ask it: one `text`, one row of `features`, or up to 1,000 `inputs` at once."""
        body = given(text=text, features=features, inputs=inputs, environment=environment)
        places = {"id": specialist_id}
        return Record(self._send("POST", _ONE + "/predict", places=places, body=body, repeatable=False))


class Datasets(Endpoints):
    def list(self, *, limit: int | None = None, offset: int | None = None) -> Listing[Dataset]:
        return self._list("/api/v1/datasets", "datasets", Dataset, given(limit=limit, offset=offset))

    def create(self, name: str, *, format: str | None = None) -> Record:  # noqa: A002 (the API's name)
        """A place for a dataset, and the form to upload it with: `dataset` and `upload`."""
        return Record(self._send("POST", "/api/v1/datasets", body=given(name=name, format=format)))

    def upload(self, name: str, content: bytes, *, format: str = "csv") -> Dataset:  # noqa: A002 (the API's name)
        """Make a dataset of a file's content, and upload it."""
        made = self.create(name, format=format)
        self._transport.upload(made.upload, name, content)
        return Dataset(made["dataset"])

    def get(self, dataset_id: str) -> Dataset:
        return Dataset((self._send("GET", "/api/v1/datasets/{id}", places={"id": dataset_id}))["dataset"])

    def delete(self, dataset_id: str) -> None:
        self._send("DELETE", "/api/v1/datasets/{id}", places={"id": dataset_id})
