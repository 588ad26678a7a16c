"""The web front end as one aiohttp application: which faces it has, and what every request passes through."""

from collections.abc import Iterable

from aiohttp import web

from server.ports import Ports
from server.web import api_v1, feeds, guest, health, host, static_files
from server.web.keys import LIMITS, OPTIONS, PAGES, PORTS
from server.web.limits import Limits
from server.web.middleware.entrance import entrance
from server.web.middleware.security_headers import add_headers
from server.web.options import WebOptions
from server.web.pages import Pages

BODY_MAX = 1_000_000
"""Bytes that a handler may read at once; the CalDAV mount reads its bodies itself and has a bound of its own."""


def make_app(
    ports: Ports, options: WebOptions = WebOptions(), faces: Iterable[web.AbstractRouteDef] = ()
) -> web.Application:
    """Return the application; `faces` are the routes of the faces that need more than the ports, such as the mount."""
    limits = Limits(
        pages_per_minute=options.pages_per_minute,
        changes_per_hour=options.changes_per_hour,
        mails_per_recipient_per_day=options.mails_per_recipient_per_day,
        api_requests_per_minute=options.api_requests_per_minute,
    )
    app = web.Application(middlewares=[entrance(ports, options, limits)], client_max_size=BODY_MAX)
    app[PORTS] = ports
    app[OPTIONS] = options
    app[LIMITS] = limits
    app[PAGES] = Pages(ports.site)
    app.on_response_prepare.append(add_headers)
    for furnish in (guest.furnish, feeds.furnish, api_v1.furnish):
        furnish(app)
    own = (
        health.routes(),
        static_files.routes(),
        guest.routes(),
        host.routes(),
        feeds.routes(),
        api_v1.routes(),
    )
    for routes in (*own, faces):
        app.router.add_routes(routes)
    return app
