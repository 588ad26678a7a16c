"""What handlers find on the application and on a request; typed, so that a wrong name does not pass mypy."""

from datetime import datetime

from aiohttp import web

from server.ports import Ports
from server.usecases.api_key.open import Caller
from server.web.limits import Allowance, Limits
from server.web.options import WebOptions
from server.web.pages import Pages

PORTS = web.AppKey("PORTS", Ports)
OPTIONS = web.AppKey("OPTIONS", WebOptions)
LIMITS = web.AppKey("LIMITS", Limits)
PAGES = web.AppKey("PAGES", Pages)

REQUEST_ID = web.RequestKey("REQUEST_ID", str)
CLIENT = web.RequestKey("CLIENT", str)
"""The network a request comes from: an IPv4 address, or the /64 of an IPv6 address. Never logged."""
CALLER = web.RequestKey("CALLER", Caller)
"""The program that showed an API key; not there for everybody else."""
ALLOWANCE = web.RequestKey("ALLOWANCE", Allowance)
"""How much the asker may still ask for; not there where nothing is counted."""


def ports_of(request: web.Request) -> Ports:
    """Return the ports that the application was made with."""
    return request.app[PORTS]


def pages_of(request: web.Request) -> Pages:
    """Return what renders pages."""
    return request.app[PAGES]


def now_of(request: web.Request) -> datetime:
    """Return the present instant, aware and UTC."""
    return ports_of(request).clock.now()
