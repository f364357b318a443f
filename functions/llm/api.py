"""HTTP entry point of the model gateway: three dialects over one engine.

`handler` serves Lambda's own invocations. With response streaming, `run.sh` serves `app` by uvicorn behind the Lambda
Web Adapter, and tokens leave as they are made.
"""

from llm import aisemble, metaqore, openai
from pentarch.web.access import public
from pentarch.web.app import build_app, lambda_handler
from pentarch.web.routes import governed_router

_ready = governed_router()


@_ready.get("/ready", include_in_schema=False)
@public
async def ready() -> dict[str, str]:
    """What the web adapter asks until the application has started; no route of the API leads here."""
    return {"status": "ready"}


app = build_app("Pentarch model gateway", metaqore.router, aisemble.router, openai.router, _ready)
handler = lambda_handler(app)
