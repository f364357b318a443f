"""From the event log to open connections: all of it, in order, once."""

from support.live_stack import LiveStack


def test_a_connection_is_told_of_a_run_from_its_start_to_its_end(stack: LiveStack, key: str) -> None:
    socket = stack.opened(key)
    stack.run()
    assert socket.messages == [{"event": "live.ready", "data": {"last": 0}}]

    stack.happen(*stack.steps("acme", "s1", 4))
    stack.run()

    assert [event["event"] for event in socket.events] == [
        "session.started",
        "agent.progress",
        "agent.progress",
        "session.complete",
    ]
    assert socket.numbers == [1, 2, 3, 4]
    assert socket.events[0]["data"] == {"session_id": "s1", "skill": "spec"}


def test_a_client_that_comes_back_is_told_the_rest(stack: LiveStack, key: str) -> None:
    first = stack.opened(key)
    stack.run()
    stack.happen(*stack.steps("acme", "s1", 3))
    stack.run()
    stack.drop(first)
    stack.happen(*stack.steps("acme", "s2", 3))
    stack.run()
    second = stack.opened(key, last=first.numbers[-1])
    stack.happen(*stack.steps("acme", "s3", 3))
    stack.run()
    assert first.numbers == [1, 2, 3]
    assert second.numbers == [4, 5, 6, 7, 8, 9]
