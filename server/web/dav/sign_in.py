"""Who asks: HTTP Basic, checked before a thread is given, slowed for those who guess."""

import asyncio
import base64
import binascii
from weakref import WeakValueDictionary

from aiohttp import web

from server.usecases.host.sign_in import opens_calendars
from server.web.keys import CLIENT, now_of, ports_of
from server.web.limits import Limit

CHALLENGE = {"WWW-Authenticate": 'Basic realm="Daybook", charset="UTF-8"'}
PER_NETWORK = 5
"""How many times more wrong sign-ins one network has for all accounts together than for one."""


class SignIn:
    """Counts wrong passwords: for each account as asked for from one network, and for the network as a whole.

    An account is never locked for everybody, so that nobody can shut a host out by guessing.
    """

    def __init__(self, wrong_per_minute: int) -> None:
        self._accounts = Limit(wrong_per_minute, 60)
        self._networks = Limit(PER_NETWORK * wrong_per_minute, 60)
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def turn(self, network: str) -> asyncio.Lock:
        """Return what lets a network try one password after the other: tried all at once, none would be counted yet."""
        turn = self._turns.get(network)
        if turn is None:
            turn = self._turns[network] = asyncio.Lock()
        return turn

    def wait_s(self, network: str, login: str, now: float) -> int:
        """Return after how many seconds this network may try this account again."""
        return max(
            self._accounts.would_wait_s(f"{network} {login}", now), self._networks.would_wait_s(network, now)
        )

    def count_wrong(self, network: str, login: str, now: float) -> None:
        """Count one wrong password."""
        self._accounts.wait_s(f"{network} {login}", now)
        self._networks.wait_s(network, now)


async def sign_in(request: web.Request, wrong: SignIn) -> str:
    """Return the verified login of a request; answers 401, or 429 to those who guess too fast."""
    login, password = _credentials(request.headers.get("Authorization", ""))
    if not login:
        raise web.HTTPUnauthorized(headers=CHALLENGE)
    network = request[CLIENT]
    async with wrong.turn(network):
        at = now_of(request)
        now = at.timestamp()
        wait_s = wrong.wait_s(network, login, now)
        if wait_s:
            raise web.HTTPTooManyRequests(headers={"Retry-After": str(wait_s)})
        if not await opens_calendars(ports_of(request), login, password, at):
            wrong.count_wrong(network, login, now)
            raise web.HTTPUnauthorized(headers=CHALLENGE)
    return login


def _credentials(header: str) -> tuple[str, str]:
    """Return login and password of a Basic header, empty where there are none; phones capitalise what is a home."""
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        return "", ""
    try:
        raw = base64.b64decode(encoded.strip(), validate=True)
    except binascii.Error:
        return "", ""
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        text = raw.decode("latin-1")
    login, colon, password = text.partition(":")
    return (login.strip().lower(), password) if colon else ("", "")
