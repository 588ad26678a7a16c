"""How a feed is sent: remembered, named as a file, and kept from being stored where it is secret."""

from aiohttp import web

from server.web.answers import Answer, Answers, respond
from server.web.keys import now_of

FEEDS = web.AppKey("FEEDS", Answers)
ROUND_S = 300

PUBLIC = "public, max-age=300"
PRIVATE = "private, no-cache"


def round_of(request: web.Request) -> int:
    """Return the instant for which feeds are rendered now: what stands in one can be booked until five minutes pass."""
    return int(now_of(request).timestamp()) // ROUND_S * ROUND_S + ROUND_S


def send(request: web.Request, answer: Answer, *, filename: str, cache: str) -> web.Response:
    """Return `answer` as a calendar that programs subscribe to and browsers save as `filename`."""
    response = respond(request, answer, "text/calendar; charset=utf-8", cache)
    response.headers["Content-Disposition"] = f'inline; filename="{filename}"'
    if cache == PRIVATE:
        response.headers["X-Robots-Tag"] = "noindex"
    return response
