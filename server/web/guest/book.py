"""The booking form: asks who books, and books."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from aiohttp import web

from server.domain import attendees, companions
from server.domain.booking import Actor
from server.domain.choices import choose
from server.domain.errors import (
    BookingCapReached,
    Invalid,
    NotAccepted,
    NotFound,
    SchedulingError,
    SlotUnavailable,
    TooMany,
    Unavailable,
)
from server.domain.identity import group_name
from server.domain.phones import e164
from server.domain.slots import Refusal
from server.usecases.booking import create, links, offer
from server.usecases.booking.create import NewBooking
from server.usecases.booking.remind import asks_for_phone
from server.web import tickets
from server.web.forms import pairs_of
from server.web.guest import dates
from server.web.guest.form import repeat
from server.web.guest.form.fields import in_form
from server.web.guest.form.given import Given, Pairs, filled_in, typed
from server.web.guest.form.page import WAITS, Asking, Faults, form_page
from server.web.guest.offered import Offered, find_offered
from server.web.guest.picker.choice import read_choice
from server.web.guest.whom import HOST
from server.web.keys import LIMITS, OPTIONS, now_of, pages_of, ports_of
from server.web.proofs import is_proven
from server.web.reading import wording
from server.web.tickets import Ticket

TEMPLATE = "guest/book.html"
TRAP = "confirm_url"
_NEVER_OFFERED = frozenset({Refusal.TOO_FAR, Refusal.OUTSIDE_HOURS, Refusal.OFF_GRID})
"""Why a start cannot have been offered a little while ago either."""


async def ask(request: web.Request) -> web.Response:
    """Answer with the form for one start; for one that cannot be had, with the nearest that can."""
    offered = await find_offered(request)
    if offered.must_choose:
        raise web.HTTPSeeOther(f"{offered.path}?{request.rel_url.raw_query_string}")
    asking = _asking(request, offered, request.query)
    given = _expected(asking, request.query.items())
    refused = offer.refusal(asking.ports, asking.host, asking.event_type, asking.start_s, asking.now_s)
    if refused is None:
        return _show(request, asking, given)
    return _show(request, asking, given, _not_offered(asking, refused), status=409)


async def submit(request: web.Request) -> web.Response:
    """Book, and lead to the confirmation; what is wrong is shown on the form, with all that was typed."""
    pairs = await pairs_of(request)
    sent = dict(pairs)
    asking = _asking(request, await find_offered(request, sent, to_look=False), sent)
    given = typed(asking.event_type, pairs)
    ticket = tickets.read(asking.ports.secret_key, asking.path, sent.get("ticket", ""), asking.now_s)
    faults = _faults(request, asking, given, ticket, sent.get(TRAP, ""))
    if ticket is None or faults:
        return _show(request, asking, given, faults, ticket=sent["ticket"] if ticket else "", status=422)
    if dates.CHANGE in sent:
        return _show(request, asking, given, ticket=sent["ticket"])
    refused = None if repeat.read(given) is None else _first_refused(asking, sent)
    if refused is not None:
        return _show(request, asking, given, _not_offered(asking, refused), ticket=sent["ticket"], status=409)
    try:
        return await _book(request, asking, given, ticket, pairs)
    except SchedulingError as error:
        is_of_date = isinstance(error, SlotUnavailable) and not isinstance(error, BookingCapReached)
        if is_of_date and repeat.read(given) is not None:
            return _ask_dates(request, asking, given, pairs)
        faults, status = _refused(asking, given, error)
    return _show(request, asking, given, faults, ticket=sent["ticket"], status=status)


def _first_refused(asking: Asking, sent: Mapping[str, str]) -> Refusal | None:
    """Return why a series cannot begin where it is asked for: all its dates are looked at only where it can.

    Who has seen the dates may find the first of them taken since, and go without it.
    """
    refused = offer.refusal(asking.ports, asking.host, asking.event_type, asking.start_s, asking.now_s)
    return refused if dates.SEEN not in sent or refused in _NEVER_OFFERED else None


def _refused(asking: Asking, given: Given, error: SchedulingError) -> tuple[Faults, int]:
    """Return what to show on the form for a refusal, and its status; raises what no form can mend."""
    words = asking.reader.text(error.message)
    match error:
        case BookingCapReached():
            return _capped(asking, error), 409
        case SlotUnavailable() if asking.must_wait:
            return Faults(general=asking.reader.text("The last seat has just been taken.")), 409
        case SlotUnavailable():
            return Faults(nearest=error.nearest), 409
        case Invalid():
            return _invalid(asking, given, error), 422
        case TooMany():
            return Faults(general=words, retry_after_s=error.retry_after_s), 429
        case NotAccepted():
            return Faults(general=words), 409
        case Unavailable():
            return Faults(general=words), 503
        case _:
            raise error


def _has_worked(request: web.Request, asking: Asking, sent: Mapping[str, str]) -> bool:
    """Tell whether the browser has solved the form's puzzle, where one is set; who was invited is no stranger."""
    bits = 0 if asking.offered.token else request.app[OPTIONS].proof_of_work_bits
    return not bits or is_proven(sent.get("ticket", ""), sent.get("proof", ""), bits)


def _ask_dates(
    request: web.Request, asking: Asking, given: Given, pairs: Sequence[tuple[str, str]]
) -> web.Response:
    """Answer with all dates of the series; raises Invalid."""
    rule = repeat.read(given)
    assert rule is not None
    return dates.respond(request, asking, rule, dates.foreseen(asking, rule), pairs)


async def _book(
    request: web.Request, asking: Asking, given: Given, ticket: Ticket, pairs: Sequence[tuple[str, str]]
) -> web.Response:
    """Book and lead to the confirmation; of a series the guest has seen all dates before."""
    rule = repeat.read(given)
    skip = None if rule is None else dates.skipped(asking, rule, pairs)
    if rule is not None and skip is None:
        return _ask_dates(request, asking, given, pairs)
    ports = asking.ports
    guests = tuple(given.companions.values())
    for address in (given.email, *(guest.email for guest in guests)):
        request.app[LIMITS].count_recipient(address, now_of(request).timestamp())
    number = e164(given.phone.strip()) if asks_for_phone(ports, asking.event_type) else None
    if number:
        request.app[LIMITS].count_phone(number, now_of(request).timestamp())
    wish = NewBooking(
        home=group_name(asking.host.home, asking.event_type.co_hosts),
        slug=asking.event_type.slug,
        start=asking.start,
        name=given.name,
        email=given.email,
        zone=asking.choice.zone,
        language=asking.reader.language,
        notes=given.notes,
        phone=given.phone,
        duration_min=asking.choice.duration_min,
        place=given.wish,
        answers=given.answers,
        guests=guests,
        key=ticket.nonce,
        invite=asking.offered.token,
        host=asking.offered.chosen_host,
        confirm_address=not _has_worked(request, asking, dict(pairs)),
        waits=WAITS in dict(pairs),
        recurring=rule,
        skip=skip or frozenset(),
    )
    booking = await create.create(ports, wish, Actor.GUEST, now_of(request))
    record = await ports.ledger.booking(booking.id)
    if record is None:
        raise Unavailable("This booking is just being finished. Please try again in a minute.")
    clock = f"?hour={'12' if asking.choice.twelve else '24'}" if asking.choice.twelve_said else ""
    raise web.HTTPSeeOther(f"{links.manage_path(ports, booking, record, booking.guest.number)}/booked{clock}")


def _expected(asking: Asking, query: Pairs) -> Given:
    """Return what the form holds at first: what the link fills in; whoever was invited need not type who they are (S1.7)."""
    given, invited = filled_in(asking.event_type, query), asking.offered.invited
    if invited is None:
        return given
    return replace(given, name=given.name or invited.invite.name, email=given.email or invited.invite.email)


def _asking(request: web.Request, offered: Offered, query: Mapping[str, str]) -> Asking:
    ports, reader = ports_of(request), pages_of(request).reader(request)
    start = wording.parse_instant(query.get("start", ""))
    if start is None:
        raise NotFound("This link does not say which time.")
    choice = read_choice(query, offered.event_type, offered.host, reader)
    if query.get("duration") and not choice.duration_said:
        raise Invalid("This meeting is not offered for so long.")
    return Asking(
        ports=ports,
        offered=replace(offered, event_type=offered.event_type.lasting(choice.duration_min)),
        reader=reader,
        choice=replace(choice, host=offered.chosen_host),
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
    _, wrong = choose(asking.event_type, given.wish, given.answers)
    said = attendees.faults(name=given.name, email=given.email, notes=given.notes, phone=given.phone)
    along = companions.faults(list(given.companions.values()), [given.email])
    found = {**said, **along, **wrong}
    zone = asking.event_type.zone_name(asking.host)
    repeated = repeat.faults(given, asking.event_type.series, asking.start, zone, asking.reader)
    told = {name: text(message) for name, message in in_form(found, given).items()}
    return Faults(fields={**told, **repeated})


def _capped(asking: Asking, error: BookingCapReached) -> Faults:
    """Return what to show where enough is booked: other times, but to a guest who has their share, that it is so."""
    if error.by_guest:
        return Faults(general=asking.reader.text(error.message))
    return Faults(nearest=error.nearest, is_full=True)


def _invalid(asking: Asking, given: Given, error: Invalid) -> Faults:
    """Return what to show for a refusal by the use case: a start that has become too near is as good as taken."""
    if "start" in error.fields:
        return Faults(nearest=_nearest(asking))
    if HOST in error.fields:
        return Faults(general=asking.reader.text(error.message))
    return Faults(
        general=asking.reader.text(error.message),
        fields={name: asking.reader.text(message) for name, message in in_form(error.fields, given).items()},
    )


def _not_offered(asking: Asking, refused: Refusal) -> Faults:
    return Faults(nearest=_nearest(asking), is_full=refused is Refusal.CAPPED)


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
    page = form_page(asking, given, faults, held, request.app[OPTIONS])
    response = pages_of(request).respond(request, TEMPLATE, page, status=status)
    if faults.retry_after_s is not None:
        response.headers["Retry-After"] = str(faults.retry_after_s)
    return response
