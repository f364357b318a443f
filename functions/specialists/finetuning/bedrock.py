"""A training as a model customisation job of Amazon Bedrock, and its model served on demand.

The rows lie in the stack's own bucket, where Bedrock reads them with a role of the stack and writes what it measured.
Job, model and deployment are named by the training, so whoever comes next finds them; the request's token keeps two
workers that come at once from beginning two. The deployment is asked by its ARN through Converse. It costs nothing
while nobody asks, unlike provisioned throughput, so it is made as soon as the model is there.
"""

import csv
import io
import os
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError

from pentarch.files import store as files
from pentarch.files.errors import FileMissingError
from pentarch.files.model import place
from pentarch.llm.errors import UpstreamUnavailableError
from pentarch.platform import clients
from pentarch.platform.observability import logger
from specialists import trainings
from specialists.datasets.sources import WORK_AREA
from specialists.errors import ProviderRefusedError
from specialists.finetuning import told
from specialists.model import Training
from specialists.parameters import FineTuned

_ROLE = "MODEL_CUSTOMIZATION_ROLE"
_OUTCOMES = {"Failed": "failed", "Stopped": "cancelled"}
_GOING = frozenset({"InProgress"})
_AGAIN = frozenset(
    {"ThrottlingException", "InternalServerException", "ServiceUnavailableException", "ConflictException"}
)
"""A conflict is a step of another worker, or of Bedrock itself, that has not ended: the next look finds it."""
_GONE = "ResourceNotFoundException"


class BedrockJob:
    def __init__(self, parameters: FineTuned) -> None:
        self._parameters = parameters
        self._client = clients.bedrock()

    def close(self) -> None:
        """The client is the process's."""

    def begin(self, training: Training, prepared: dict[str, Any]) -> Training:
        if self._job(training) is None:
            self._create(training, prepared)
        begun = {"job": _name(training), "status": "InProgress", "outcome": None, "model": None}
        return trainings.record(training, {**training.tuning, **begun})

    def look(self, training: Training) -> tuple[dict[str, Any], dict[str, float]]:
        job = self._job(training)
        if job is None:
            msg = "Amazon Bedrock does not show the job yet"
            raise UpstreamUnavailableError(msg)
        status = str(job["status"])
        epochs = str(job.get("hyperParameters", {}).get("epochCount", ""))
        found: dict[str, Any] = {
            "job": str(job["jobArn"]),
            "status": status,
            "outcome": _OUTCOMES.get(status),
            "model": None,
            "epochs": int(epochs) if epochs.isdigit() else None,
        }
        if status == "Completed":
            found |= self._measured(training, str(job["jobArn"])) | self._served(training, str(job["outputModelArn"]))
        return found, _metrics(job)

    def stop(self, training: Training) -> None:
        """Nothing that is paid for stays: neither the job nor what it made."""
        job = self._job(training)
        if job is None:
            return
        name = _name(training)
        if job["status"] in _GOING:
            self._asked("stop_model_customization_job", jobIdentifier=name)
        elif job["status"] == "Completed":
            self._asked("delete_custom_model_deployment", customModelDeploymentIdentifier=name)
            self._asked("delete_custom_model", modelIdentifier=name)

    def tidy(self, training: Training) -> None:
        """The rows were never elsewhere: they leave with the training's other files."""

    def _create(self, training: Training, prepared: dict[str, Any]) -> None:
        role = os.environ.get(_ROLE)
        if not role:
            msg = f"the stack has no role that Amazon Bedrock could read the rows with ({_ROLE})"
            raise ProviderRefusedError(msg)
        bucket = os.environ["FILES_BUCKET"]
        found = self._asked(
            "create_model_customization_job",
            jobName=_name(training),
            customModelName=_name(training),
            roleArn=role,
            clientRequestToken=training.id,
            baseModelIdentifier=self._parameters.base_model,
            customizationType="FINE_TUNING",
            trainingDataConfig={"s3Uri": f"s3://{bucket}/{prepared['conversations']['train']['key']}"},
            outputDataConfig={"s3Uri": f"s3://{bucket}/{_output(training)}/"},
            hyperParameters={"epochCount": str(self._parameters.epochs), **self._parameters.hyperparameters},
        )
        if found is None:
            msg = f"Amazon Bedrock has no base model {self._parameters.base_model!r} to tune here"
            raise ProviderRefusedError(msg)

    def _served(self, training: Training, model: str) -> dict[str, Any]:
        """The model's deployment, made unless it is there; the model has an outcome once that has one."""
        name = _name(training)
        found = self._asked("get_custom_model_deployment", customModelDeploymentIdentifier=name)
        if found is None:
            made = self._asked(
                "create_custom_model_deployment",
                modelDeploymentName=name,
                modelArn=model,
                clientRequestToken=f"{training.id}-serve",
            )
            arn = None if made is None else str(made["customModelDeploymentArn"])
            return {"deployment": arn, "deployment_status": "Creating"}
        status, arn = str(found["status"]), str(found["customModelDeploymentArn"])
        told_of_it = {"deployment": arn, "deployment_status": status}
        if status == "Active":
            return {**told_of_it, "outcome": "succeeded", "model": arn}
        return {**told_of_it, "outcome": "failed" if status == "Failed" else None}

    def _measured(self, training: Training, job_arn: str) -> dict[str, Any]:
        """The loss of each epoch, from what Bedrock wrote beside the job; nothing where it wrote none."""
        if "curve" in training.tuning:
            return {}
        folder = f"{_output(training)}/model-customization-job-{job_arn.rpartition('/')[2]}"
        try:
            content = files.get(f"{folder}/training_artifacts/step_wise_training_metrics.csv")
        except FileMissingError:
            logger().warning("Bedrock wrote no metrics of the steps", training_id=training.id)
            return {}
        return told.stepwise(csv.DictReader(io.StringIO(content.decode("utf-8", "replace"))))

    def _job(self, training: Training) -> dict[str, Any] | None:
        return self._asked("get_model_customization_job", jobIdentifier=_name(training))

    def _asked(self, operation: str, **request: Any) -> dict[str, Any] | None:  # noqa: ANN401 (boto3's)
        """The answer; None where there is no such thing. Bedrock's words are not passed on."""
        try:
            answer: dict[str, Any] = getattr(self._client, operation)(**request)
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code == _GONE:
                return None
            if code in _AGAIN:
                msg = f"Amazon Bedrock answers {operation} with {code}"
                raise UpstreamUnavailableError(msg) from error
            msg = f"Amazon Bedrock refuses {operation}: {code}"
            raise ProviderRefusedError(msg) from error
        except ParamValidationError as error:
            msg = f"Amazon Bedrock knows no such {operation}: a parameter has not its form"
            raise ProviderRefusedError(msg) from error
        except BotoCoreError as error:
            msg = f"Amazon Bedrock does not answer {operation}"
            raise UpstreamUnavailableError(msg) from error
        return answer


def _metrics(job: dict[str, Any]) -> dict[str, float]:
    found = {"train_loss": job.get("trainingMetrics", {}).get("trainingLoss")}
    for one in job.get("validationMetrics") or ():
        found["valid_loss"] = one.get("validationLoss")
    return {name: float(value) for name, value in found.items() if value is not None}


def _name(training: Training) -> str:
    return f"pentarch-{training.id}"


def _output(training: Training) -> str:
    return place(WORK_AREA, training.tenant, training.specialist_id, training.id, "bedrock")
