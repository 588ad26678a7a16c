"""What calendar programs of hosts do to a team's meeting through /dav/, and what becomes of it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import suppress

import pytest

from server.domain.booking import Actor
from server.domain.identity import Home
from server.ical import vevent
from server.ical.scan import scan
from server.jobs.follow import Follower
from server.ports import Ports
from server.usecases.booking import look, reassign
from tests.builders import NOW
from tests.radicale_plugin.asking import PROPFIND
from tests.usecases.booking import teams
from tests.usecases.booking.teams import BOB, agree, book, meeting, standing
from tests.web.dav.conftest import ALICE, Login, Site, authorization
from tests.web.dav.conftest import BOB as BOBS_LOGIN

PATIENCE = 2_000
"""How many times, 10 ms apart, a test looks before it gives up: on a loaded machine a follower takes its time."""


@pytest.fixture
async def ports(site: Site) -> AsyncIterator[Ports]:
    """Return the ports of the site, with the team sales and a follower at work."""
    for home in teams.HOSTS:
        await site.ports.calendars.create_home(home)
        await site.ports.homes.save_host(teams.HOSTS[home])
    await teams.move_in(site.ports)
    working = asyncio.create_task(Follower(site.ports).run())
    yield site.ports
    working.cancel()
    with suppress(asyncio.CancelledError):
        await working


async def put(site: Site, login: Login, home: Home, href: str, text: str) -> str:
    """Write an object as a calendar program does, and return its etag."""
    path = f"/dav/{home}/calendar/{href}"
    answer = await site.client.put(path, data=text.encode(), headers=authorization(login))
    assert answer.status in {201, 204}
    return answer.headers["ETag"]


async def until(is_so: Callable[[], bool]) -> None:
    for _ in range(PATIENCE):
        if is_so():
            return
        await asyncio.sleep(0.01)


def shift(text: str) -> str:
    return text.replace("T100000", "T160000").replace("T103000", "T163000")


async def test_a_co_hosts_program_that_moves_its_copy_finds_it_put_back(site: Site, ports: Ports) -> None:
    """C22, S2.48: the copy of the one whose meeting it is says when it is."""
    made = meeting(co_hosts=(BOB,))
    await book(ports, made)
    copy = await standing(ports, made, BOB)
    assert copy is not None
    theirs = await put(site, BOBS_LOGIN, BOB, copy.href, shift(copy.text))
    await until(lambda: theirs not in (ports.calendars.find(BOB, made.uid) or (theirs,)))
    shown = await standing(ports, made, BOB)
    assert shown is not None
    seen = vevent.read(shown.text, shown.calendar)
    assert seen is not None
    assert seen.span == made.span
    await agree(ports, made)


async def test_a_co_hosts_program_that_removes_its_copy_gets_it_again(site: Site, ports: Ports) -> None:
    """C22."""
    made = meeting(co_hosts=(BOB,))
    await book(ports, made)
    copy = await standing(ports, made, BOB)
    assert copy is not None
    path = f"/dav/{BOB}/calendar/{copy.href}"
    answer = await site.client.delete(path, headers=authorization(BOBS_LOGIN))
    assert answer.status in {200, 204}
    await until(lambda: ports.calendars.find(BOB, made.uid) is not None)
    await agree(ports, made)


async def test_a_former_hosts_program_that_was_away_puts_nothing_back(site: Site, ports: Ports) -> None:
    """S4.38: an undone move, or a telephone without a network, is no way to get a meeting back."""
    made = meeting()
    looked = await book(ports, made)
    await reassign.reassign(ports, looked, Actor.HOST, NOW, to=BOB)
    stored = looked.stored
    await put(site, ALICE, Home("alice"), stored.href, stored.text)
    await until(lambda: ports.calendars.find(Home("alice"), made.uid) is None)
    await agree(ports, made)


async def test_the_new_hosts_program_moves_the_meeting(site: Site, ports: Ports) -> None:
    """S1.45: the host organizes it in their own calendar, and the booking follows what they do there."""
    made = meeting()
    looked = await book(ports, made)
    await reassign.reassign(ports, looked, Actor.HOST, NOW, to=BOB)
    stored = await standing(ports, made, BOB)
    assert stored is not None
    assert "ORGANIZER;CN=Bob Example;SCHEDULE-AGENT=CLIENT:mailto:bob@example.org" in stored.text
    await put(site, BOBS_LOGIN, BOB, stored.href, shift(stored.text))
    await until(lambda: [one.span for one in ports.ledger.claims(BOB, teams.ALL_DAY)] != [made.span])
    assert (await agree(ports, made)).start == (await look.by_id(ports, made.id)).booking.start != made.start


async def test_the_host_is_for_their_program_who_organizes_a_teams_meeting(site: Site, ports: Ports) -> None:
    """C37: Apple and Android let an event be moved only by an owner whose addresses hold the organizer's."""
    made = meeting()
    looked = await book(ports, made)
    await reassign.reassign(ports, looked, Actor.HOST, NOW, to=BOB)
    stored = await standing(ports, made, BOB)
    assert stored is not None
    (shown,) = scan(stored.text).children("VEVENT")
    organizer = shown.first("ORGANIZER")
    assert organizer is not None
    asked = PROPFIND.format('<C:calendar-user-address-set xmlns:C="urn:ietf:params:xml:ns:caldav"/>')
    headers = authorization(BOBS_LOGIN) | {"Depth": "0"}
    answer = await site.client.request("PROPFIND", "/dav/bob/", data=asked.encode(), headers=headers)
    assert f">{organizer.value}<" in await answer.text()
