"""What an address offers: an event type by its own address, or by an invite's."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web

from server.domain.errors import InviteOver
from server.domain.event_type import EventType
from server.domain.host import Host
from server.domain.invites import InviteState
from server.usecases.booking import groups, offer
from server.usecases.invite import open as invites
from server.usecases.invite.open import Invited
from server.web.keys import now_of, pages_of, ports_of

Handler = Callable[[web.Request], Awaitable[web.Response]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """An event type that this guest may book; `path` is its booking page, `invited` how they came if not by its address.

    `others` are the hosts of a group beside the first.
    """

    host: Host
    event_type: EventType
    path: str
    invited: Invited | None = None
    others: tuple[Host, ...] = ()

    @property
    def token(self) -> str:
        """Return the token that the guest came by, "" without an invite."""
        return "" if self.invited is None else self.invited.token


@dataclass(frozen=True, slots=True)
class InviteOverPage:
    """Why an invite opens nothing any more."""

    state: InviteState


async def find_offered(request: web.Request, *, to_look: bool = True) -> Offered:
    """Return what the request's address offers; raises NotFound or InviteOver.

    An invite that is used up has nothing to look at; whoever sends a form is told by the booking, or led to the one it made.
    """
    ports, named = ports_of(request), request.match_info
    if "token" not in named:
        host, event_type = offer.find(ports, named["home"], named["slug"])
        others = groups.co_hosts(ports, event_type.co_hosts)
        return Offered(host=host, event_type=event_type, path=groups.address_of(event_type), others=others)
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
