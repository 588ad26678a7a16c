"""A host's page, or a team's: what can be booked with them."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from aiohttp import web

from server.domain.errors import NotFound
from server.domain.host import Host
from server.domain.team import face
from server.ports import Ports
from server.usecases.booking.offer import NOTHING
from server.usecases.team.address import page_of
from server.usecases.team.listed import is_open
from server.usecases.team.members import active
from server.web.guest.absence import Absence, absences
from server.web.guest.particulars import Particulars, undecided
from server.web.guest.picker.model import Link
from server.web.keys import now_of, pages_of, ports_of


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfilePage:
    """A host, or a team with its `people`, and their event types; `absences` is not empty while a host is away."""

    name: str
    about: str
    absences: tuple[Absence, ...]
    offers: tuple[Particulars, ...]
    people: tuple[Link, ...]


async def show(request: web.Request) -> web.Response:
    """Answer with the profile of a host who can be booked."""
    ports = ports_of(request)
    host = ports.homes.host(request.match_info["home"])
    if host is None or host.disabled:
        raise NotFound(NOTHING)
    return _respond(request, host, ())


async def show_team(request: web.Request) -> web.Response:
    """Answer with the page of a team that everybody may know of, and who can be met there."""
    ports = ports_of(request)
    team = ports.homes.team(request.match_info["team"])
    if team is None or not is_open(team):
        raise NotFound(NOTHING)
    return _respond(request, face(team), tuple(_person(ports, host) for _, host in active(ports, team)))


def _respond(request: web.Request, host: Host, people: tuple[Link, ...]) -> web.Response:
    ports, pages = ports_of(request), pages_of(request)
    reader = pages.reader(request)
    today = now_of(request).astimezone(ZoneInfo(host.zone)).date()
    event_types = ports.homes.event_types(host.home)
    page = ProfilePage(
        name=host.name,
        about=host.about,
        absences=absences(ports, host, (one for one in host.away if one.first <= today <= one.last), reader),
        offers=tuple(undecided(ports, host, one, reader) for one in event_types if one.is_listed),
        people=people,
    )
    return pages.respond(request, "guest/profile.html", page)


def _person(ports: Ports, host: Host) -> Link:
    """Return a member with the way to a page of their own, where anything stands on it."""
    has_offers = any(one.is_listed for one in ports.homes.event_types(host.home))
    return Link(page_of(ports, host.home) if has_offers else "", host.name)
