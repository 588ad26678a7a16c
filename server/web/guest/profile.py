"""A host's page: what can be booked with them."""

from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web

from server.domain.errors import NotFound
from server.domain.event_type import EventType
from server.domain.host import Host
from server.i18n.translator import Translator
from server.web.guest.particulars import Particulars, undecided
from server.web.keys import pages_of, ports_of


@dataclass(frozen=True, slots=True)
class ProfilePage:
    """A host and their event types."""

    name: str
    about: str
    offers: tuple[Particulars, ...]


async def show(request: web.Request) -> web.Response:
    """Answer with the profile of a host who can be booked."""
    ports, pages = ports_of(request), pages_of(request)
    host = ports.homes.host(request.match_info["home"])
    if host is None or host.disabled:
        raise NotFound("There is nothing to book at this address.")
    page = _page(host, ports.homes.event_types(host.home), pages.reader(request))
    return pages.respond(request, "guest/profile.html", page)


def _page(host: Host, event_types: Sequence[EventType], reader: Translator) -> ProfilePage:
    offers = tuple(undecided(host, event_type, reader) for event_type in event_types if event_type.is_listed)
    return ProfilePage(host.name, host.about, offers)
