"""A request that waits for its host: what is asked, and the answers there are. Looking at it changes nothing."""

from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from server.domain.booking import REASON_MAX, Actor, Booking, Status
from server.domain.errors import Conflict, Invalid, NotFound, SlotUnavailable
from server.domain.plain import paragraphs
from server.i18n.repetition import repetition
from server.i18n.translator import Translator
from server.ports import Ports
from server.usecases.booking import confirm, decline, keep, look
from server.usecases.booking.look import Looked
from server.web.forms import fields_of
from server.web.keys import now_of, pages_of, ports_of
from server.web.reading import wording
from server.web.reading.wording import When

APPROVE, KEEP, DECLINE = "approve", "keep", "decline"

TEMPLATE = "host/answer.html"


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerPage:
    """A booking as its host answers it. `state` is its status, or "expired"; `asks` whether an answer is wanted still.

    `agreed` is the time that was confirmed before, `can_keep` whether it is free still. `wish` is the answer that the link
    named, `repeats` how a series does, `fault` why the last one did not go through, `is_reason_wrong` whether that was for its reason.
    """

    asks: bool
    state: str
    wish: str
    path: str
    title: str
    guest: str
    email: str
    notes: str
    when: When
    repeats: str
    agreed: When | None
    can_keep: bool
    expires: When | None
    reason: str
    reason_max: int
    fault: str
    is_reason_wrong: bool


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a link opened, and for whom."""

    ports: Ports
    looked: Looked
    reader: Translator
    now: datetime
    path: str
    wish: str


async def ask(request: web.Request) -> web.Response:
    """Answer with the question, or with what became of it."""
    return _respond(request, await _asked(request))


async def submit(request: web.Request) -> web.Response:
    """Give the answer that was chosen, and show what became of the booking."""
    asked = await _asked(request)
    if asked.looked.booking.status is not Status.PENDING:
        raise web.HTTPSeeOther(asked.path)
    sent = await fields_of(request)
    reason = paragraphs(sent.get("reason", ""))
    try:
        await _give(asked, sent.get("answer", ""), reason)
    except Invalid as error:
        too_long = asked.reader.text("The reason may have at most %(most)d characters.", most=REASON_MAX)
        is_reason_wrong = "reason" in error.fields
        fault = too_long if is_reason_wrong else asked.reader.text(error.message)
        return _respond(request, asked, reason, fault, is_reason_wrong=is_reason_wrong, status=422)
    except (SlotUnavailable, Conflict) as error:
        return _respond(request, asked, reason, asked.reader.text(error.message), status=409)
    raise web.HTTPSeeOther(asked.path)


async def _give(asked: _Asked, answer: str, reason: str) -> None:
    match answer:
        case "approve":
            await confirm.confirm(asked.ports, asked.looked, Actor.HOST, asked.now)
        case "keep":
            await keep.keep(asked.ports, asked.looked, reason, Actor.HOST, asked.now)
        case "decline":
            await decline.decline(asked.ports, asked.looked, reason, Actor.HOST, asked.now)
        case _:
            raise Invalid("Please choose an answer.", {"answer": "must be approve, keep or decline"})


async def _asked(request: web.Request) -> _Asked:
    ports, token = ports_of(request), request.match_info["token"]
    looked = await look.by_host_token(ports, token)
    if looked.is_missing:
        raise NotFound("The host has taken this meeting out of the calendar.")
    wish = DECLINE if request.path.split("/")[3] == DECLINE else APPROVE
    return _Asked(
        ports=ports,
        looked=looked,
        reader=pages_of(request).reader(request),
        now=now_of(request),
        path=f"/b/{request.match_info['slug']}/{wish}/{token}",
        wish=wish,
    )


def _respond(
    request: web.Request,
    asked: _Asked,
    reason: str = "",
    fault: str = "",
    *,
    is_reason_wrong: bool = False,
    status: int = 200,
) -> web.Response:
    booking = asked.looked.booking
    waits = booking.status is Status.PENDING
    page = AnswerPage(
        asks=waits and booking.begins_at > asked.now,
        state=_state(booking),
        wish=asked.wish,
        path=asked.path,
        title=booking.title,
        guest=booking.guest.name,
        email=booking.guest.email,
        notes=booking.notes,
        when=_when(asked, booking.start, booking.end),
        repeats=repetition(booking, asked.reader, booking.zone),
        agreed=None if not waits or booking.agreed is None else _when(asked, *booking.agreed),
        can_keep=waits and keep.is_free(asked.ports, asked.looked, asked.now),
        expires=_when(asked, booking.expires_at, booking.expires_at) if waits and booking.answer_by else None,
        reason=reason or ("" if waits else booking.reason),
        reason_max=REASON_MAX,
        fault=fault,
        is_reason_wrong=is_reason_wrong,
    )
    return pages_of(request).respond(request, TEMPLATE, page, status=status)


def _state(booking: Booking) -> str:
    if booking.status is Status.DECLINED and booking.ended_by is Actor.SYSTEM:
        return "expired"
    if booking.status is Status.CANCELLED and booking.ended_by is Actor.GUEST:
        return "withdrawn"
    return booking.status.value


def _when(asked: _Asked, start: datetime, end: datetime) -> When:
    """Return the words for a time: in the host's zone, and in the guest's where clocks differ."""
    return wording.when(
        asked.reader,
        start,
        end,
        zone=asked.looked.host.zone,
        host_zone=asked.looked.booking.guest.zone,
        twelve=wording.counts_to_twelve(asked.reader),
    )
