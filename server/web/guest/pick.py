"""The booking page: choose a free time."""

from dataclasses import dataclass, replace

from aiohttp import web

from server.domain.identity import group_name
from server.domain.invites import Invite
from server.usecases.booking import offer
from server.web.answers import Answers, minute_of, respond
from server.web.guest.form.given import carried
from server.web.guest.offered import Offered, find_offered
from server.web.guest.particulars import Particulars, particulars
from server.web.guest.picker.asked import Asked
from server.web.guest.picker.choice import read_choice
from server.web.guest.picker.days import local_date
from server.web.guest.picker.model import Picker
from server.web.guest.picker.show import show as show_picker
from server.web.keys import now_of, pages_of, ports_of
from server.web.reading import wording

ANSWERS = web.AppKey("PICK_PAGES", Answers)


@dataclass(frozen=True, slots=True, kw_only=True)
class Greeting:
    """What an invite says: who invites, in which words, until when."""

    by: str
    message: str
    until: str


@dataclass(frozen=True, slots=True)
class PickPage:
    """The booking page; `feed` is where a calendar program finds the free times, `greeting` is for who was invited."""

    offer: Particulars
    picker: Picker
    feed: str
    greeting: Greeting | None


async def show(request: web.Request) -> web.Response:
    """Answer with the free times of an event type, rendered anew only when they could have changed."""
    ports, reader = ports_of(request), pages_of(request).reader(request)
    offered = await find_offered(request)
    host, event_type = offered.host, offered.event_type
    minute = minute_of(int(now_of(request).timestamp()))

    def render() -> bytes:
        choice = read_choice(request.query, event_type, host, reader)
        asked = Asked(
            ports=ports,
            host=host,
            event_type=event_type.lasting(choice.duration_min),
            choice=replace(choice, carried=carried(event_type, request.query.items())),
            reader=reader,
            now=minute,
            path=offered.path,
            target=f"{offered.path}/book",
        )
        return _render(request, asked, offered)

    answer = request.app[ANSWERS].get(
        (offered.path, event_type.id, request.rel_url.raw_query_string, reader),
        (offer.version(ports, host, event_type.co_hosts), minute),
        render,
    )
    response = respond(request, answer, "text/html; charset=utf-8", "private, no-cache")
    response.headers["Vary"] = "Accept-Encoding, Accept-Language"
    return response


def _render(request: web.Request, asked: Asked, offered: Offered) -> bytes:
    query = f"?invite={offered.token}" if offered.token else ""
    page = PickPage(
        particulars(asked.host, asked.event_type, asked.reader, offered.others),
        show_picker(asked),
        f"/feeds/{group_name(asked.host.home, asked.event_type.co_hosts)}/{asked.event_type.slug}.ics{query}",
        None if offered.invited is None else _greeting(asked, offered.invited.invite),
    )
    return pages_of(request).render(asked.reader, "guest/pick.html", page).encode()


def _greeting(asked: Asked, invite: Invite) -> Greeting:
    maker = asked.ports.homes.host(invite.made_by)
    until = local_date(int(invite.expires_at.timestamp()), asked.zone)
    return Greeting(
        by=(maker or asked.host).name,
        message=invite.message,
        until=wording.full_day(until, asked.reader),
    )
