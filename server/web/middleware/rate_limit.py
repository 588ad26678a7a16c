"""Bounds on how often one network may ask. Whoever holds a booking's link is never locked out of it."""

import re
from datetime import datetime

from aiohttp import web

from server.domain.errors import TooMany
from server.web.keys import ALLOWANCE, CALLER, CLIENT
from server.web.limits import Limits

# The mount and the feeds keep their own limits; a manage link is a capability of 128 bits that nobody guesses. Bringing
# somebody along is as good as booking: it mails whom one likes.
_EXEMPT = re.compile(r"/(dav|static)/.*|/b/(?!.*/guests$).*|/v1/bookings/[^/]+/(cancel|reschedule)")
_EXEMPT_READ = re.compile(rf"{_EXEMPT.pattern}|/v1/bookings/[^/]+")
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_API = "/v1/"


def limit_rate(request: web.Request, limits: Limits, now: datetime) -> None:
    """Raise TooMany when the asker's allowance for this kind of request is used up; programs are told what is left of it."""
    is_safe = request.method in _SAFE
    if (_EXEMPT_READ if is_safe else _EXEMPT).fullmatch(request.path):
        return
    caller = request.get(CALLER)
    if caller is not None:
        limit, asker = limits.keys, caller.key.id
    else:
        limit, asker = limits.pages if is_safe else limits.changes, request[CLIENT]
    at = now.timestamp()
    wait_s = limit.wait_s(asker, at)
    if limit.count and request.path.startswith(_API):
        request[ALLOWANCE] = limit.allowance(asker, at)
    if wait_s:
        raise TooMany("Too many requests from your network. Please wait a little.", wait_s)
