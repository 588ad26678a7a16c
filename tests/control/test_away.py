"""Whatever is saved of a host or an event type, what is over goes with it."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from server.adapters.memory import memory_ports
from server.adapters.memory.clock import FixedClock
from server.control import away, event_types, hosts
from server.control.event_type_view import EventTypeView
from server.control.views import HostView
from server.ports import Ports
from server.usecases.host.change import change
from tests.builders import DAY, NOW, event_type, host, settle_in
from tests.control.test_commands import told


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


@pytest.fixture
async def ports(clock: FixedClock) -> Ports:
    made = memory_ports(NOW, clock=clock)
    await settle_in(made, host(), event_type())
    return made


@pytest.mark.parametrize("slug", [None, "intro"])
async def test_ranges_that_are_over_go_when_anything_else_is_saved(
    ports: Ports, clock: FixedClock, slug: str | None
) -> None:
    asked = away.AddAway(home="alice", first=DAY, event_type=slug)
    assert len(await told(ports, asked, list[away.AwayView])) == 1
    await told(ports, hosts.SetHost(home="alice", about="Bridges"), HostView)
    await told(ports, event_types.EditEventType(home="alice", slug="intro", title="Hello"), EventTypeView)
    assert len(await told(ports, away.ListAway("alice"), list[away.AwayView])) == 1, "today is not over"
    clock.move_to(NOW + timedelta(days=1))
    await told(ports, hosts.SetHost(home="alice", about="Tunnels"), HostView)
    await told(ports, event_types.EditEventType(home="alice", slug="intro", title="Hi"), EventTypeView)
    assert await told(ports, away.ListAway("alice"), list[away.AwayView]) == []


async def test_the_day_is_that_of_the_host(ports: Ports, clock: FixedClock) -> None:
    """In Auckland it is Tuesday already when it is Monday evening in Berlin."""
    await change(ports, "alice", lambda one: replace(one, zone="Pacific/Auckland"))
    clock.move_to(NOW + timedelta(hours=8))
    tomorrow = date.fromisoformat(DAY) + timedelta(days=1)
    await told(ports, away.AddAway(home="alice", first=str(tomorrow)), list[away.AwayView])
    clock.move_to(NOW + timedelta(hours=28))
    await told(ports, hosts.SetHost(home="alice", about="Bridges"), HostView)
    assert len(await told(ports, away.ListAway("alice"), list[away.AwayView])) == 0
