import pytest

from pentarch.web.access import SELF, access, access_of, public
from pentarch.web.routes import GovernedRoute, governed_router


async def endpoint() -> None: ...


def test_a_route_that_says_nothing_of_its_access_cannot_be_made() -> None:
    with pytest.raises(TypeError, match=r"endpoint says neither @access\(\.\.\.\) nor @public"):
        governed_router().get("/x")(endpoint)


def test_a_route_knows_what_it_said() -> None:
    router = governed_router()

    @router.get("/open")
    @public
    async def opened() -> None: ...

    @router.post("/closed")
    @access("llm:invoke", spends=True, idempotent=True)
    async def closed() -> None: ...

    first, second = router.routes
    assert isinstance(first, GovernedRoute)
    assert isinstance(second, GovernedRoute)
    assert first.access.scope is None
    assert (second.access.scope, second.access.spends, second.access.idempotent) == ("llm:invoke", True, True)
    assert access_of(closed).confidential is False


def test_no_scope_is_called_like_the_word_for_everybody() -> None:
    assert ":" not in SELF
