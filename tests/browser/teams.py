"""A team of two who draw bridges, for the pages that a guest meets there: by turns, by choice, with all, and by invite."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

from server.domain.booking import Actor, Booking
from server.domain.event_type import Visibility
from server.domain.hosts import Strategy
from server.domain.identity import Home
from server.domain.team import Member, Role, Team
from server.ports import Ports
from server.usecases.booking import create
from server.usecases.booking.create import NewBooking
from server.usecases.invite.create import Terms, Wanted
from server.usecases.invite.create import create as invite
from server.usecases.invite.open import token_of
from tests.builders import at, event_type, host, settle_in, team

LENA = replace(
    host("lena", number=60, name="Lena Fischer", weekly="mon-fri 10:00-16:00", zone="Europe/Lisbon"),
    about="Models in wood, drawings in ink.",
)
STUDIO = replace(
    team("studio", Member(home=Home("anna"), role=Role.MANAGER), Member(home=Home("lena")), number=61),
    name="Studio for bridges",
    about="Two of us, and a workshop full of models.\nMeet whoever is free, the one you know, or both.",
)
QUIET: Team = replace(team("quiet", "lena", number=62), name="The quiet desk", private=True)
TALK = replace(
    event_type("talk", home="studio", number=63, title="First talk", location="https://meet.example/studio"),
    strategy=Strategy.ROUND_ROBIN,
    description="With whoever of us is next. Half an hour, and nothing to prepare.",
)
ADVICE = replace(
    event_type("advice", home="studio", number=64, title="Advice", minutes=45), strategy=Strategy.MANAGED
)
BOTH = replace(
    event_type("both", home="studio", number=65, title="Project review", minutes=60),
    strategy=Strategy.COLLECTIVE,
)
SKETCH = replace(
    event_type("sketch", home="quiet", number=66, title="A sketch together", minutes=60),
    strategy=Strategy.ROUND_ROBIN,
    visibility=Visibility.PRIVATE,
)


async def furnish(ports: Ports, path: Callable[[Ports, Booking], Awaitable[str]]) -> dict[str, str]:
    """Let the teams move in; return the paths of a booking with each, and of an invite."""
    await settle_in(ports, LENA)
    for one in (STUDIO, QUIET):
        await ports.homes.save_team(one)
    for kind in (TALK, ADVICE, BOTH, SKETCH):
        await ports.homes.save_event_type(kind)
    now = ports.clock.now()
    wanted = [Wanted(name="Ravi Menon", email="ravi@example.net", message="Come and draw with me.")]
    (invited,) = await invite(ports, ("quiet", "sketch"), wanted, Terms(made_by="lena"), now)
    return {
        "team-booked": await path(ports, await _booked(ports, "talk", "2026-03-23 11:00")),
        "team-all-booked": await path(ports, await _booked(ports, "both", "2026-03-23 14:00")),
        "team-invited": f"/i/{token_of(ports, invited)}",
    }


async def _booked(ports: Ports, slug: str, start: str) -> Booking:
    wish = NewBooking(
        home="studio",
        slug=slug,
        start=at(start),
        name="Ravi Menon",
        email="ravi@example.net",
        zone="Asia/Kolkata",
    )
    return await create.create(ports, wish, Actor.HOST, ports.clock.now())
