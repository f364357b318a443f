#!/bin/sh
# Started by the Lambda Web Adapter instead of a Python handler, so that replies stream.
exec python -m uvicorn llm.api:app --host 127.0.0.1 --port "${AWS_LWA_PORT:-8080}" --no-access-log
