"""What an address offers: an event type by its own address, or by an invite's."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace

from aiohttp import web

from server.domain.errors import InviteOver, NotFound
from server.domain.event_type import EventType
from server.domain.host import Host
from server.domain.invites import InviteState
from server.i18n.translator import Translator
from server.ports import Ports
from server.usecases.booking import groups, offer
from server.usecases.invite import open as invites
from server.usecases.invite.open import Invited
from server.usecases.team.address import page_of_type
from server.web.guest.particulars import Particulars, particulars
from server.web.guest.whom import Whom, read_whom
from server.web.keys import now_of, pages_of, ports_of

Handler = Callable[[web.Request], Awaitable[web.Response]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """An event type that this guest may book; `path` is its booking page, `invited` how they came if not by its address.

    `others` are the hosts of a group beside the first. `whom` is the choice of one host of a team, where that is the guest's.
    """

    host: Host
    event_type: EventType
    path: str
    invited: Invited | None = None
    others: tuple[Host, ...] = ()
    whom: Whom | None = None

    @property
    def must_choose(self) -> bool:
        """Tell whether nothing can be offered before the guest says whom they want to meet."""
        return self.whom is not None and self.whom.chosen is None

    @property
    def chosen_host(self) -> str:
        """Return the home of whom the guest chose, "" where it is not theirs to choose, or not done yet."""
        return "" if self.whom is None or self.whom.chosen is None else self.whom.chosen.home

    def described(self, ports: Ports, reader: Translator) -> Particulars:
        """Return what to tell about it; who was chosen is named before their team."""
        found = particulars(ports, self.host, self.event_type, reader, self.others)
        if self.whom is None or self.whom.chosen is None:
            return found
        return replace(found, host=f"{self.whom.chosen.name} ({found.host})")

    @property
    def token(self) -> str:
        """Return the token that the guest came by, "" without an invite."""
        return "" if self.invited is None else self.invited.token


@dataclass(frozen=True, slots=True)
class InviteOverPage:
    """Why an invite opens nothing any more."""

    state: InviteState


async def find_offered(
    request: web.Request, sent: Mapping[str, str] | None = None, *, to_look: bool = True
) -> Offered:
    """Return what the request's address offers, to who `sent` a form or follows a link; raises NotFound or InviteOver.

    An invite that is used up has nothing to look at; whoever sends a form is told by the booking, or led to the one it made.
    """
    found = await _addressed(request, to_look=to_look)
    event_type, whom = read_whom(ports_of(request), found.event_type, request.query if sent is None else sent)
    return found if whom is None else replace(found, event_type=event_type, whom=whom)


async def _addressed(request: web.Request, *, to_look: bool) -> Offered:
    ports, named = ports_of(request), request.match_info
    if "token" not in named:
        host, event_type = offer.find(ports, named.get("team") or named["home"], named["slug"])
        if ("team" in named) != (ports.homes.team(host.home) is not None):
            raise NotFound(offer.NOTHING)
        others = groups.co_hosts(ports, event_type.co_hosts)
        path = page_of_type(ports, event_type)
        return Offered(host=host, event_type=event_type, path=path, others=others)
    now, token = now_of(request), named["token"]
    invited = await invites.enter(ports, token, now) if to_look else invites.prove(ports, token, now)
    return Offered(host=invited.host, event_type=invited.event_type, path=f"/i/{token}", invited=invited)


def unless_over(handler: Handler) -> Handler:
    """Return a handler that explains itself to those whose invite opens nothing any more."""

    async def handle(request: web.Request) -> web.Response:
        try:
            return await handler(request)
        except InviteOver as error:
            page = InviteOverPage(error.state)
            return pages_of(request).respond(request, "guest/invite_over.html", page, status=410)

    return handle
