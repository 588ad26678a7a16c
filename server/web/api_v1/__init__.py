"""The JSON face /v1. This module is its site map."""

from aiohttp import web

from server.web.answers import Answers
from server.web.api_v1 import availability, bookings, challenge
from server.web.api_v1.slot_json import SlotJson


def routes() -> list[web.RouteDef]:
    """Return every route of /v1."""
    return [
        web.get("/v1/availability", availability.get),
        web.get("/v1/challenge", challenge.get),
        web.post("/v1/bookings", bookings.post),
        web.post("/v1/bookings/{id}/cancel", bookings.post_cancel),
        web.post("/v1/bookings/{id}/reschedule", bookings.post_reschedule),
    ]


def furnish(app: web.Application) -> None:
    """Give the application what the handlers of /v1 find on it."""
    app[availability.ANSWERS] = Answers()
    app[availability.SLOTS] = SlotJson()
