"""The booking page: choose a free time."""

from dataclasses import dataclass

from aiohttp import web

from server.usecases.booking import offer
from server.web.answers import Answers, minute_of, respond
from server.web.guest.particulars import Particulars, particulars
from server.web.guest.picker.asked import Asked
from server.web.guest.picker.choice import read_choice
from server.web.guest.picker.model import Picker
from server.web.guest.picker.show import show as show_picker
from server.web.keys import now_of, pages_of, ports_of

ANSWERS = web.AppKey("PICK_PAGES", Answers)


@dataclass(frozen=True, slots=True)
class PickPage:
    """The booking page; `feed` is where a calendar program finds the free times."""

    offer: Particulars
    picker: Picker
    feed: str


async def show(request: web.Request) -> web.Response:
    """Answer with the free times of an event type, rendered anew only when they could have changed."""
    ports, reader = ports_of(request), pages_of(request).reader(request)
    host, event_type = offer.find(ports, request.match_info["home"], request.match_info["slug"])
    minute = minute_of(int(now_of(request).timestamp()))

    def render() -> bytes:
        path = f"/u/{host.home}/{event_type.slug}"
        asked = Asked(
            ports=ports,
            host=host,
            event_type=event_type,
            choice=read_choice(request.query, event_type, host, reader),
            reader=reader,
            now=minute,
            path=path,
            target=f"{path}/book",
        )
        return _render(request, asked)

    answer = request.app[ANSWERS].get(
        (event_type.id, request.rel_url.raw_query_string, reader),
        (offer.version(ports, host), minute),
        render,
    )
    response = respond(request, answer, "text/html; charset=utf-8", "private, no-cache")
    response.headers["Vary"] = "Accept-Encoding, Accept-Language"
    return response


def _render(request: web.Request, asked: Asked) -> bytes:
    page = PickPage(
        particulars(asked.host, asked.event_type, asked.reader),
        show_picker(asked),
        f"/feeds/{asked.host.home}/{asked.event_type.slug}.ics",
    )
    return pages_of(request).render(asked.reader, "guest/pick.html", page).encode()
