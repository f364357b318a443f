"""Take out of a built layer what no function loads: tests, what is for compilers, and AWS services that nothing calls.

A function and its layers may be 250 MB unzipped, and a cold start unpacks all of it.
"""

import shutil
import sys
from pathlib import Path

SERVICES = frozenset(
    {
        "apigatewaymanagementapi",
        "autoscaling",
        "bedrock",
        "bedrock-runtime",
        "cloudformation",
        "cloudwatch",
        "comprehend",
        "dynamodb",
        "ec2",
        "ecs",
        "eks",
        "events",
        "kms",
        "lambda",
        "logs",
        "rekognition",
        "resourcegroupstaggingapi",
        "s3",
        "scheduler",
        "secretsmanager",
        "sqs",
        "ssm",
        "stepfunctions",
        "sts",
        "textract",
    },
)
"""Folders of botocore's data that stay; the files beside them (endpoints, partitions, retries) stay too."""

LEFT_OUT = ("__pycache__", "tests")
FOR_COMPILERS = (".pyi", ".pyx", ".pxd", ".tp", ".h", ".a")
PROGRAMS = ("ruff",)
"""Command-line programs that a function starts; every other is left out."""


def prune(packages: Path) -> None:
    for program in (packages / "bin").glob("*"):
        if program.name not in PROGRAMS:
            program.unlink()
    for name in LEFT_OUT:
        for directory in sorted(packages.rglob(name)):
            shutil.rmtree(directory, ignore_errors=True)  # gone already where one lay within another
    for file in packages.rglob("*"):
        if file.suffix in FOR_COMPILERS:
            file.unlink()
    services = packages / "botocore" / "data"
    if services.is_dir():
        for directory in services.iterdir():
            if directory.is_dir() and directory.name not in SERVICES:
                shutil.rmtree(directory)


if __name__ == "__main__":
    prune(Path(sys.argv[1]))
