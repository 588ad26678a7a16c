"""The demonstration has a team of two hosts, who can be met in each way there is."""

import pytest

from server.adapters.memory import memory_ports
from server.adapters.memory.calendars import MemoryCalendars
from server.control.check_teams import check_teams
from server.control.findings import Verdict
from server.domain.hosts import Strategy
from server.ports import Ports
from server.usecases.booking import offer
from server.usecases.host.furnish import furnish as furnish_host
from server.usecases.team.furnish import STUDIO, furnish
from tests.builders import BERLIN, at, host

NOW = at("2026-11-21 12:00")


@pytest.fixture
async def ports() -> Ports:
    made = memory_ports(NOW, calendars=MemoryCalendars(BERLIN))
    await furnish_host(made, NOW)
    return made


async def test_the_team_can_be_booked_in_each_way_in_the_coming_week(ports: Ports) -> None:
    await furnish(ports)
    assert [one.verdict for one in check_teams(ports)] == [Verdict.OK]
    now = int(NOW.timestamp())
    kinds = ports.homes.event_types(STUDIO)
    assert {one.strategy for one in kinds} == {Strategy.ROUND_ROBIN, Strategy.MANAGED, Strategy.COLLECTIVE}
    for kind in kinds:
        found = offer.find(ports, STUDIO, kind.slug)
        assert len(offer.offer(ports, *found, (now, now + 7 * 86_400), now)) >= 5, kind.slug


async def test_furnishing_again_changes_nothing(ports: Ports) -> None:
    await furnish(ports)
    before = ports.homes.team(STUDIO), ports.homes.hosts(), ports.homes.event_types(STUDIO)
    await furnish(ports)
    assert (ports.homes.team(STUDIO), ports.homes.hosts(), ports.homes.event_types(STUDIO)) == before


async def test_a_host_of_that_name_is_left_alone(ports: Ports) -> None:
    theirs = await ports.homes.save_host(host("robin", number=77))
    await furnish(ports)
    assert ports.homes.host("robin") == theirs
    assert ports.homes.team(STUDIO) is None
