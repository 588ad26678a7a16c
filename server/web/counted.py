"""The mails that a guest's change of a booking sends, counted for everybody who gets one, before it is made.

Whoever books can name other people's addresses; a booking that is changed again and again must not flood them. What hosts
and their programs do is not counted.
"""

from datetime import datetime

from aiohttp import web

from server.domain.booking import Actor
from server.usecases.booking.companions import refuse_companion
from server.usecases.booking.look import Looked
from server.web.keys import LIMITS


def count_change(request: web.Request, looked: Looked, now: datetime) -> None:
    """Count a change after which the booking goes on; raises TooManyMails when somebody has been sent too many mails today.

    Raises Forbidden for who was brought along: what they may not do uses up nobody's allowance.
    """
    # A seat that moves is one that is taken and one that is given up, each with a mail of its own.
    times = 2 if looked.booking.is_seated else 1
    request.app[LIMITS].count_recipients(_told(looked) * times, now.timestamp())


def count_end(request: web.Request, looked: Looked, now: datetime) -> None:
    """Count that the booking is cancelled, or the seat given up: never refused, and nothing can follow it.

    Raises Forbidden as `count_change` does.
    """
    request.app[LIMITS].note_recipients(_told(looked), now.timestamp())


def count_leaving(request: web.Request, looked: Looked, person: int, now: datetime) -> None:
    """Count that somebody who was brought along is taken off, of which who booked is told as well; raises TooManyMails."""
    booking = looked.booking
    if booking.is_seated:
        count_end(request, looked, now)
        return
    leaving = [one.email for one in booking.companions if one.number == person]
    if leaving:
        request.app[LIMITS].count_recipients([*leaving, booking.guest.email], now.timestamp())


def _told(looked: Looked) -> list[str]:
    """Return the addresses of all whom the booking is about, of seats those of the one whose link it is."""
    if looked.booking.is_seated:
        return [looked.seen.guest.email]
    refuse_companion(looked, Actor.GUEST)
    return [one.email for one in looked.booking.attendees]
