"""Bounds on how often one network may ask. Whoever holds a booking's link is never locked out of it."""

import re
from datetime import datetime

from aiohttp import web

from server.domain.errors import TooMany
from server.web.keys import CLIENT
from server.web.limits import Limits

# The mount and the feeds keep their own limits; a manage link is a capability of 128 bits that nobody guesses. Bringing
# somebody along is as good as booking: it mails whom one likes.
_EXEMPT = re.compile(r"/(dav|static)/.*|/b/(?!.*/guests$).*|/v1/bookings/[^/]+/(cancel|reschedule)")
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def limit_rate(request: web.Request, limits: Limits, now: datetime) -> None:
    """Raise TooMany when the asker's allowance for this kind of request is used up."""
    if _EXEMPT.fullmatch(request.path) is None:
        limit = limits.pages if request.method in _SAFE else limits.changes
        wait_s = limit.wait_s(request[CLIENT], now.timestamp())
        if wait_s:
            raise TooMany("Too many requests from your network. Please wait a little.", wait_s)
