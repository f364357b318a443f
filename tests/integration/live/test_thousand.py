"""A thousand connections hear of one event by batched sends: what it takes is counted."""

from collections import Counter

from live import rooms
from live.connections import LIFETIME
from live.rooms import ROOM_SIZE
from live.table import ConnectionItem, connection_key, room_partition
from pentarch.platform import clients
from pentarch.platform.clock import epoch_ms
from support.live_stack import LiveStack, Socket

CONNECTIONS = 1_000


def fill(stack: LiveStack, tenant: str) -> list[Socket]:
    """Full rooms, as if all had connected one by one."""
    at, made = stack.clock.at, [Socket(f"C{number}=") for number in range(CONNECTIONS)]
    for start in range(0, CONNECTIONS, ROOM_SIZE):
        inside = made[start : start + ROOM_SIZE]
        room = rooms.open_room(tenant)
        key = rooms._key(tenant, room)
        sent = {"M": {socket.id: {"N": "0"} for socket in inside}}
        clients.dynamodb().put_item(TableName=rooms._table(), Item={**key, "sent": sent, "wanted": {"N": "0"}})
        with ConnectionItem.batch_write() as batch:
            for socket in inside:
                item = ConnectionItem(room_partition(tenant, room), connection_key(socket.id))
                item.subject, item.roles, item.scopes = "key:k", ["admin"], []
                item.connected_at, item.ttl = epoch_ms(at), int((at + LIFETIME).timestamp())
                batch.save(item)
    stack.gateway.sockets |= {socket.id: socket for socket in made}
    return made


def test_a_thousand_connections_hear_of_one_event_once_each(stack: LiveStack) -> None:
    sockets = fill(stack, "acme")
    stack.happen(*stack.steps("acme", "s1", 1))
    stack.gateway.calls.clear()
    before = stack.invocations("live")
    stack.run()

    assert [socket.numbers for socket in sockets] == [[1]] * CONNECTIONS
    made = Counter(stack.gateway.calls)
    rooms_told = CONNECTIONS // ROOM_SIZE
    assert made["PostToConnection"] == CONNECTIONS
    # One message names the event, one goes to each room; ten messages are a call.
    assert made["SendMessageBatch"] == 1 + rooms_told // 10
    assert stack.invocations("live") - before <= 1 + rooms_told
    # A room: take it, read who is in it, read the feed, note how far it is.
    assert made["Query"] - 4 == 2 * rooms_told  # four are of the log's lanes
    assert made["UpdateItem"] <= 2 * rooms_told + 8  # the rest is the fan-out's own
    others = sum(made.values()) - CONNECTIONS - made["ReceiveMessage"] - made["DeleteMessage"]
    assert others < 130, made
