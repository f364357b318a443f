#!/bin/sh
# Started by the Lambda Web Adapter instead of a Python handler, so that replies stream. The managed runtime would have
# put the layers on the path; here nobody else does.
export PYTHONPATH="${LAMBDA_TASK_ROOT}:/opt/python:${LAMBDA_RUNTIME_DIR}"
exec python -m uvicorn live.api:app --host 127.0.0.1 --port "${AWS_LWA_PORT:-8080}" --no-access-log
