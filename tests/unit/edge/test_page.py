"""The page that shows the reference, run by Node in a made-up document."""

import json

from edge.documents import HERE
from support import node
from support.template import ROOT


def test_the_page_shows_every_operation_of_the_document() -> None:
    shown = json.loads(node.run(ROOT / "tests" / "support" / "page.mjs", HERE / "docs.html", HERE / "openapi.json"))
    documented = json.loads((HERE / "openapi.json").read_text())
    known = [one["operationId"] for operations in documented["paths"].values() for one in operations.values()]
    assert sorted(shown) == sorted(known)
