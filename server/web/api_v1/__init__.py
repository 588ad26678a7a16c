"""The JSON face /v1. Its site map is the table of `operations`."""

from aiohttp import web

from server.web.answers import Answers
from server.web.api_v1 import availability, openapi
from server.web.api_v1.operations import OPERATIONS
from server.web.api_v1.slot_json import SlotJson


def routes() -> list[web.RouteDef]:
    """Return every route of /v1, and of what describes it."""
    return [
        *(web.route(one.method.value, one.path, one.handler) for one in OPERATIONS),
        web.get("/openapi.json", openapi.get),
    ]


def furnish(app: web.Application) -> None:
    """Give the application what the handlers of /v1 find on it."""
    app[availability.ANSWERS] = Answers()
    app[availability.SLOTS] = SlotJson()
    app[openapi.DOCUMENT] = Answers()
