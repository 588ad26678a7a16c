"""Furnish the demonstration with a team: the demo host and a colleague, and three ways to meet them."""

from collections.abc import Sequence
from dataclasses import replace

from server.domain.event_type import EventType, Location, LocationType
from server.domain.host import Host
from server.domain.hosts import Strategy
from server.domain.hours import parse_hours
from server.domain.identity import EventTypeId, Home, Slug
from server.domain.team import Member, Role, Team
from server.ports import Ports
from server.usecases.host import demo_calendar
from server.usecases.host.furnish import DEMO, PASSWORD
from server.usecases.team.find import owner_of

COLLEAGUE = Home("robin")
STUDIO = Home("studio")


async def furnish(ports: Ports) -> None:
    """Make the demo team and its second host where neither name is taken; a later start leaves both alone."""
    if owner_of(ports, COLLEAGUE) is not None or ports.homes.host(STUDIO) is not None:
        return
    await ports.calendars.create_home(COLLEAGUE)
    for event_type in _event_types(ports):
        await ports.homes.save_event_type(event_type)
    if ports.homes.team(STUDIO) is None:
        await ports.homes.save_team(_studio(ports))
    await ports.accounts.set_password(COLLEAGUE, PASSWORD)
    # Last, so that a start which was cut short is done again by the next one.
    await ports.homes.save_host(_colleague(ports))


def _colleague(ports: Ports) -> Host:
    return Host(
        home=COLLEAGUE,
        number=ports.homes.next_number(),
        name="Robin Demo",
        email="robin@example.org",
        zone="Europe/Lisbon",
        hours=parse_hours("mon-fri 08:00-12:00; sat 10:00-12:00"),
    )


def _studio(ports: Ports) -> Team:
    return Team(
        home=STUDIO,
        number=ports.homes.next_number(),
        name="Demo Studio",
        email="studio@example.org",
        zone=demo_calendar.BERLIN,
        about="Two people who draw bridges. Meet whoever is free, the one you know, or both of us.",
        members=(Member(home=DEMO, role=Role.MANAGER), Member(home=COLLEAGUE)),
    )


def _event_types(ports: Ports) -> Sequence[EventType]:
    """Return what the team offers, and a cut-short start has not saved yet: by turns, whom the guest chooses, and all."""
    link = Location(type=LocationType.LINK, value="https://meet.example.org/studio")
    blank = EventType(id=EventTypeId(""), number=0, home=STUDIO, slug=Slug("talk"), title="", location=link)
    wanted = (
        replace(
            blank, title="First talk", strategy=Strategy.ROUND_ROBIN, description="With whoever is next."
        ),
        replace(blank, slug=Slug("advice"), title="Advice", strategy=Strategy.MANAGED, duration_min=45),
        replace(
            blank, slug=Slug("review"), title="Project review", strategy=Strategy.COLLECTIVE, duration_min=60
        ),
    )
    return [
        replace(one, id=ports.ids.event_type(), number=ports.homes.next_number())
        for one in wanted
        if ports.homes.event_type(STUDIO, one.slug) is None
    ]
