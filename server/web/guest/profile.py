"""A host's page: what can be booked with them."""

from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from aiohttp import web

from server.domain.errors import NotFound
from server.domain.host import Host
from server.i18n.translator import Translator
from server.ports import Ports
from server.web.guest.absence import Absence, absences
from server.web.guest.particulars import Particulars, undecided
from server.web.keys import now_of, pages_of, ports_of


@dataclass(frozen=True, slots=True)
class ProfilePage:
    """A host and their event types; `absences` is not empty while they are away."""

    name: str
    about: str
    absences: tuple[Absence, ...]
    offers: tuple[Particulars, ...]


async def show(request: web.Request) -> web.Response:
    """Answer with the profile of a host who can be booked."""
    ports, pages = ports_of(request), pages_of(request)
    host = ports.homes.host(request.match_info["home"])
    if host is None or host.disabled:
        raise NotFound("There is nothing to book at this address.")
    today = now_of(request).astimezone(ZoneInfo(host.zone)).date()
    page = _page(ports, host, today, pages.reader(request))
    return pages.respond(request, "guest/profile.html", page)


def _page(ports: Ports, host: Host, today: date, reader: Translator) -> ProfilePage:
    event_types = ports.homes.event_types(host.home)
    offers = tuple(undecided(host, event_type, reader) for event_type in event_types if event_type.is_listed)
    now_away = (one for one in host.away if one.first <= today <= one.last)
    return ProfilePage(host.name, host.about, absences(ports, host, now_away, reader), offers)
