"""The booking form: asks who books, and books."""

from collections.abc import Mapping

from aiohttp import web

from server.domain import attendees
from server.domain.booking import Actor
from server.domain.errors import Invalid, NotFound, SlotUnavailable, TooMany, Unavailable
from server.domain.plain import paragraphs
from server.usecases.booking import create, links, look, offer
from server.usecases.booking.create import NewBooking
from server.web.forms import fields_of
from server.web.guest.form import ticket as tickets
from server.web.guest.form.page import Asking, Faults, Given, form_page
from server.web.guest.form.ticket import Ticket
from server.web.guest.picker.choice import read_choice
from server.web.keys import LIMITS, OPTIONS, now_of, pages_of, ports_of
from server.web.reading import wording

TEMPLATE = "guest/book.html"
TRAP = "confirm_url"


async def ask(request: web.Request) -> web.Response:
    """Answer with the form for one start; for one that cannot be had, with the nearest that can."""
    asking = _asking(request, request.query)
    refused = offer.refusal(asking.ports, asking.host, asking.event_type, asking.start_s, asking.now_s)
    if refused is None:
        return _show(request, asking, Given())
    return _show(request, asking, Given(), Faults(nearest=_nearest(asking)), status=409)


async def submit(request: web.Request) -> web.Response:
    """Book, and lead to the confirmation; what is wrong is shown on the form, with all that was typed."""
    sent = await fields_of(request)
    asking = _asking(request, sent)
    given = Given(
        name=sent.get("name", ""), email=sent.get("email", ""), notes=paragraphs(sent.get("notes", ""))
    )
    ticket = tickets.read(asking.ports.secret_key, asking.path, sent.get("ticket", ""), asking.now_s)
    faults = _faults(request, asking, given, ticket, sent.get(TRAP, ""))
    if ticket is None or faults:
        return _show(request, asking, given, faults, ticket=sent["ticket"] if ticket else "", status=422)
    try:
        return await _book(request, asking, given, ticket)
    except SlotUnavailable as error:
        faults, status = Faults(nearest=error.nearest), 409
    except Invalid as error:
        faults, status = _invalid(asking, error), 422
    except TooMany as error:
        faults, status = (
            Faults(general=asking.reader.text(error.message), retry_after_s=error.retry_after_s),
            429,
        )
    except Unavailable as error:
        faults, status = Faults(general=asking.reader.text(error.message)), 503
    return _show(request, asking, given, faults, ticket=sent["ticket"], status=status)


async def _book(request: web.Request, asking: Asking, given: Given, ticket: Ticket) -> web.Response:
    ports = asking.ports
    request.app[LIMITS].count_recipient(given.email, now_of(request).timestamp())
    wish = NewBooking(
        home=asking.host.home,
        slug=asking.event_type.slug,
        start=asking.start,
        name=given.name,
        email=given.email,
        zone=asking.choice.zone,
        language=asking.reader.language,
        notes=given.notes,
        key=ticket.nonce,
    )
    booking = await create.create(ports, wish, Actor.GUEST, now_of(request))
    record = await ports.ledger.booking(booking.id)
    if record is None:
        raise Unavailable("This booking is just being finished. Please try again in a minute.")
    clock = f"?hour={'12' if asking.choice.twelve else '24'}" if asking.choice.twelve_said else ""
    raise web.HTTPSeeOther(f"{links.manage_path(ports, booking, record, look.OWNER)}/booked{clock}")


def _asking(request: web.Request, query: Mapping[str, str]) -> Asking:
    ports, reader = ports_of(request), pages_of(request).reader(request)
    host, event_type = offer.find(ports, request.match_info["home"], request.match_info["slug"])
    start = wording.parse_instant(query.get("start", ""))
    if start is None:
        raise NotFound("This address names no time.")
    return Asking(
        ports=ports,
        host=host,
        event_type=event_type,
        reader=reader,
        choice=read_choice(query, event_type, host, reader),
        start=start,
        now=now_of(request),
    )


def _faults(request: web.Request, asking: Asking, given: Given, ticket: Ticket | None, trap: str) -> Faults:
    text = asking.reader.text
    if trap:
        return Faults(
            general=text("Please leave the last field empty: it is there to catch robots."), trap=trap
        )
    if ticket is None:
        return Faults(
            general=text("This form lay open for a long time. Please check it and send it once more.")
        )
    if asking.now_s < ticket.issued_at + request.app[OPTIONS].form_seconds_min:
        return Faults(general=text("That was very quick. Please check what you typed and send it once more."))
    found = attendees.faults(name=given.name, email=given.email, notes=given.notes)
    return Faults(fields={name: text(message) for name, message in found.items()})


def _invalid(asking: Asking, error: Invalid) -> Faults:
    """Return what to show for a refusal by the use case: a start that has become too near is as good as taken."""
    if "start" in error.fields:
        return Faults(nearest=_nearest(asking))
    return Faults(
        general=asking.reader.text(error.message),
        fields={name: asking.reader.text(message) for name, message in error.fields.items()},
    )


def _nearest(asking: Asking) -> tuple[int, ...]:
    """Return the nearest free starts; for a start that nobody near can have, the first of all."""
    found = offer.nearest(asking.ports, asking.host, asking.event_type, asking.start_s, asking.now_s)
    if not found:
        first = offer.next_free(asking.ports, asking.host, asking.event_type, asking.now_s)
        found = [] if first is None else [first]
    return tuple(found)


def _show(
    request: web.Request,
    asking: Asking,
    given: Given,
    faults: Faults = Faults(),
    *,
    ticket: str = "",
    status: int = 200,
) -> web.Response:
    """Answer with the form; a ticket that still holds stays, so that sending twice makes one booking."""
    ports = asking.ports
    held = ticket or tickets.issue(ports.secret_key, asking.path, ports.ids.secret(), asking.now_s)
    least = request.app[OPTIONS].form_seconds_min
    page = form_page(asking, given, faults, held, seconds_min=least)
    response = pages_of(request).respond(request, TEMPLATE, page, status=status)
    if faults.retry_after_s is not None:
        response.headers["Retry-After"] = str(faults.retry_after_s)
    return response
