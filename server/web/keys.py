"""What handlers find on the application."""

from datetime import datetime

from aiohttp import web

from server.ports import Ports

PORTS = web.AppKey("PORTS", Ports)


def ports_of(request: web.Request) -> Ports:
    """Return the ports that the application was made with."""
    return request.config_dict[PORTS]


def now_of(request: web.Request) -> datetime:
    """Return the present instant, aware and UTC."""
    return ports_of(request).clock.now()
