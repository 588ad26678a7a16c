"""Invites: what a host says to one person, and the link by which that person books.

An invite is a file in the home of the event type's host. Its link is derived from the server's key, so nothing secret is
stored; raising the generation replaces the link, `revoked_at` ends the invite. How often it was used the ledger counts.
"""

import base64
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import NewType

from server.domain.attendees import EMAIL_MAX, NAME_MAX, has_controls, is_address, is_language
from server.domain.identity import EventTypeId, Home

InviteId = NewType("InviteId", str)

MESSAGE_MAX = 2_000
USES_MAX = 1_000
VALID_DAYS = 30
VALID_MAX_DAYS = 730
KEPT_DAYS = 90
"""How long after its end an invite is still listed, and its link still says why it opens nothing."""

MAC_BYTES = 16
PREFIX = "i_"
ID_PREFIX = "inv_"
TOKEN_CHARS_MAX = 64
GENERATIONS_MAX = 50
"""How many replaced links are still told apart from made-up ones."""

_ID = re.compile(r"inv_[a-z2-7]{16}")


class InviteState(StrEnum):
    """Whether an invite opens anything, and why not."""

    OPEN = "open"
    USED_UP = "used_up"
    EXPIRED = "expired"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Invite:
    """An invite to an event type of `home`, made by the host `made_by`; name and address may be empty, instants are UTC.

    `language` is the reader's; `generation` says which of its links is the present one.
    """

    id: InviteId
    home: Home
    event_type: EventTypeId
    made_by: Home
    made_at: datetime
    expires_at: datetime
    name: str = ""
    email: str = ""
    message: str = ""
    language: str = "en"
    uses_max: int = 1
    revoked_at: datetime | None = None
    generation: int = 0
    revision: int = 0

    def state(self, uses: int, now: datetime) -> InviteState:
        """Return what the invite is at `now`, after so many uses."""
        if self.revoked_at is not None:
            return InviteState.REVOKED
        if uses >= self.uses_max:
            return InviteState.USED_UP
        return InviteState.EXPIRED if self.expires_at <= now else InviteState.OPEN

    def is_forgotten(self, now: datetime) -> bool:
        """Tell whether it ended so long ago that nobody asks any more."""
        ended = min(self.expires_at, self.revoked_at or self.expires_at)
        return ended + timedelta(days=KEPT_DAYS) <= now


@dataclass(frozen=True, slots=True)
class InviteUse:
    """What a booking takes from an invite: one of so many uses."""

    invite: InviteId
    uses_max: int


@dataclass(frozen=True, slots=True)
class InviteClaim:
    """Which invite a token claims to be of, before anything was proved."""

    invite: InviteId
    mac: bytes


def faults(invite: Invite) -> Mapping[str, str]:
    """Return what is wrong with an invite, field by field; empty when all is well."""
    found = {}
    if len(invite.name) > NAME_MAX or has_controls(invite.name):
        found["name"] = f"may have {NAME_MAX} characters, all on one line"
    if invite.email and not is_address(invite.email):
        found["email"] = f"must be a mail address like name@example.org, of at most {EMAIL_MAX} characters"
    if len(invite.message) > MESSAGE_MAX or has_controls(invite.message, besides="\n\t"):
        found["message"] = f"may have {MESSAGE_MAX} characters, none of them control characters"
    if not is_language(invite.language):
        found["language"] = "must be a language tag, like de or en-GB"
    if not 1 <= invite.uses_max <= USES_MAX:
        found["uses_max"] = f"must be between 1 and {USES_MAX}, not {invite.uses_max}"
    if any(
        at is not None and at.tzinfo is None for at in (invite.made_at, invite.expires_at, invite.revoked_at)
    ):
        found["expires_at"] = "must be an instant with an offset"
    elif not timedelta(0) < invite.expires_at - invite.made_at <= timedelta(days=VALID_MAX_DAYS):
        found["expires_at"] = f"must lie after its making, at most {VALID_MAX_DAYS} days"
    return found


def is_invite_id(text: str) -> bool:
    """Tell whether `text` has the form of an invite's id, which is also the name of its file."""
    return _ID.fullmatch(text) is not None


def mint_invite(key: bytes, invite: InviteId, *, generation: int) -> str:
    """Return the token of an invite's link at a generation."""
    raw = base64.b32decode(invite.removeprefix(ID_PREFIX).upper()) + _mac(key, invite, generation)
    return PREFIX + base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def read_invite(token: str) -> InviteClaim | None:
    """Return what `token` claims, or None when it is no invite's token at all. Nothing is proved by this."""
    if not token.startswith(PREFIX) or len(token) > TOKEN_CHARS_MAX:
        return None
    text = token.removeprefix(PREFIX)
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except ValueError:
        return None
    id_ = ID_PREFIX + base64.b32encode(raw[:-MAC_BYTES]).decode("ascii").lower()
    return InviteClaim(InviteId(id_), raw[-MAC_BYTES:]) if is_invite_id(id_) else None


def proves_invite(claim: InviteClaim, key: bytes, *, generation: int) -> bool:
    """Tell, in constant time, whether the claim was minted with `key` at this generation."""
    return hmac.compare_digest(_mac(key, claim.invite, generation), claim.mac)


def _mac(key: bytes, invite: InviteId, generation: int) -> bytes:
    return hmac.new(key, f"invite\0{invite}\0{generation}".encode(), sha256).digest()[:MAC_BYTES]
