"""A name for each request, so that what a guest saw and what the log says can be brought together."""

from itertools import count
from secrets import token_hex

from aiohttp import web

from server.web.keys import REQUEST_ID

# Drawn once: asking the system for chance each time took longer than all else that is done here.
_RUN = token_hex(4)
_numbers = count(1)


def name_request(request: web.Request) -> None:
    """Give the request an id that nobody outside can choose."""
    request[REQUEST_ID] = f"{_RUN}-{next(_numbers):x}"
