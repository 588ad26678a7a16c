"""The booking page: choose a free time."""

from dataclasses import dataclass, replace
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from aiohttp import web

from server.domain.identity import group_name
from server.i18n.translator import Translator
from server.ports import Ports
from server.usecases.booking import offer
from server.usecases.team.find import owner_of
from server.web.answers import Answers, minute_of, respond
from server.web.guest.form.given import carried
from server.web.guest.offered import Offered, find_offered
from server.web.guest.particulars import Particulars, undecided
from server.web.guest.picker.asked import Asked
from server.web.guest.picker.choice import Choice, read_choice
from server.web.guest.picker.days import local_date
from server.web.guest.picker.model import Link, Picker
from server.web.guest.picker.show import show as show_picker
from server.web.guest.whom import HOST, Whom
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
    """The booking page; `feed` is where a calendar program finds the free times, `greeting` is for who was invited.

    `others_href` leads back to the choice of whom to meet, where there is one.
    """

    offer: Particulars
    picker: Picker
    feed: str
    greeting: Greeting | None
    others_href: str


@dataclass(frozen=True, slots=True)
class WhomPage:
    """The question whom to meet; `is_unknown` when the address named somebody who cannot be chosen."""

    offer: Particulars
    people: tuple[Link, ...]
    greeting: Greeting | None
    is_unknown: bool


async def show(request: web.Request) -> web.Response:
    """Answer with the free times of an event type, rendered anew only when they could have changed."""
    ports, reader = ports_of(request), pages_of(request).reader(request)
    offered = await find_offered(request)
    host, event_type = offered.host, offered.event_type
    if offered.whom is not None and offered.must_choose:
        return _ask_whom(request, offered, offered.whom)
    minute = minute_of(int(now_of(request).timestamp()))

    def render() -> bytes:
        choice = _choice(request, offered)
        asked = Asked(
            ports=ports,
            host=host,
            chosen=None if offered.whom is None else offered.whom.chosen,
            event_type=event_type.lasting(choice.duration_min),
            choice=choice,
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


def _choice(request: web.Request, offered: Offered) -> Choice:
    choice = read_choice(request.query, offered.event_type, offered.host, pages_of(request).reader(request))
    return replace(
        choice, host=offered.chosen_host, carried=carried(offered.event_type, request.query.items())
    )


def _ask_whom(request: web.Request, offered: Offered, whom: Whom) -> web.Response:
    """Answer with who can be met; for somebody who is not among them, as with what is not there."""
    ports, pages, choice = ports_of(request), pages_of(request), _choice(request, offered)
    reader = pages.reader(request)
    page = WhomPage(
        offer=undecided(ports, offered.host, offered.event_type, reader),
        people=tuple(
            Link(offered.path + replace(choice, host=one.home).query(), one.name, one.home)
            for one in whom.candidates
        ),
        greeting=_greeting(ports, offered, ZoneInfo(choice.zone), reader),
        is_unknown=whom.is_unknown,
    )
    return pages.respond(request, "guest/whom.html", page, status=404 if whom.is_unknown else 200)


def _render(request: web.Request, asked: Asked, offered: Offered) -> bytes:
    is_one_of_several = offered.whom is not None and len(offered.whom.candidates) > 1
    page = PickPage(
        replace(offered, event_type=asked.event_type).described(asked.ports, asked.reader),
        show_picker(asked),
        _feed(offered, asked.choice),
        _greeting(asked.ports, offered, asked.zone, asked.reader),
        offered.path + replace(asked.choice, host="").query() if is_one_of_several else "",
    )
    return pages_of(request).render(asked.reader, "guest/pick.html", page).encode()


def _feed(offered: Offered, choice: Choice) -> str:
    name = group_name(offered.host.home, offered.event_type.co_hosts)
    said = {"invite": offered.token, HOST: choice.host}
    query = urlencode({name: value for name, value in said.items() if value})
    return f"/feeds/{name}/{offered.event_type.slug}.ics" + (f"?{query}" if query else "")


def _greeting(ports: Ports, offered: Offered, zone: ZoneInfo, reader: Translator) -> Greeting | None:
    if offered.invited is None:
        return None
    invite = offered.invited.invite
    maker = owner_of(ports, invite.made_by)
    until = local_date(int(invite.expires_at.timestamp()), zone)
    return Greeting(
        by=(maker or offered.host).name,
        message=invite.message,
        until=wording.full_day(until, reader),
    )
