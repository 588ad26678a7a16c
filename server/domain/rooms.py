"""Video rooms: where the link of a booking comes from when each booking has a room of its own."""

import hmac
import re
from dataclasses import dataclass
from hashlib import sha256
from urllib.parse import urlsplit

from server.domain.identity import EventTypeId
from server.domain.questions import is_web_address

ROOM = "{room}"
URL_CHARS_MAX = 1_000
ROOM_NAME = re.compile(r"[A-Za-z0-9_-]{22,64}")
"""What a room may be called: safe in an address, and long enough for 128 random bits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """A room for each booking: an address with `{room}` in it, or a webhook that answers with an address.

    `generation` counts how often the webhook's secret was renewed; the secret itself is derived and kept nowhere.
    """

    template: str = ""
    webhook: str = ""
    generation: int = 0

    @property
    def is_asked_for(self) -> bool:
        """Tell whether somebody else must be asked for the room."""
        return bool(self.webhook)

    def address(self, name: str) -> str:
        """Return the address of the room called `name`, by the template; a name that could be guessed is a mistake."""
        if ROOM_NAME.fullmatch(name) is None:
            raise ValueError("a room's name has at least 22 characters of base64url")
        return self.template.replace(ROOM, name)


def secret(key: bytes, event_type: EventTypeId, generation: int) -> bytes:
    """Return the secret that signs what is sent to a webhook: derived from the server's key, so it is kept nowhere."""
    return hmac.new(key, f"room\0{event_type}\0{generation}".encode(), sha256).digest()


def fault(room: Room) -> str | None:
    """Return what is wrong with a room, None when all is well."""
    if bool(room.template) is bool(room.webhook):
        return "must be either a template or a webhook"
    address = room.template or room.webhook
    if len(address) > URL_CHARS_MAX:
        return f"may have {URL_CHARS_MAX} characters"
    if not is_web_address(address) or _has_user(address):
        return "must be an http or https address"
    if room.template:
        return _template_fault(room.template)
    return None


def _template_fault(template: str) -> str | None:
    parts = urlsplit(template)
    if template.count(ROOM) != 1:
        return f"must have {ROOM} in it once, for instance https://meet.jit.si/{ROOM}"
    if ROOM in parts.netloc:
        return f"must have {ROOM} after the name of the server"
    rest = template.replace(ROOM, "")
    return "must have no braces but those of {room}" if "{" in rest or "}" in rest else None


def _has_user(address: str) -> bool:
    parts = urlsplit(address)
    return parts.username is not None or parts.password is not None


def is_answer(address: str) -> bool:
    """Tell whether what a webhook answered with can be a booking's place: a short http(s) address that names nobody."""
    return len(address) <= URL_CHARS_MAX and is_web_address(address) and not _has_user(address)
