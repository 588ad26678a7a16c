"""What a guest wishes to book, and what is wrong with how they say so."""

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

from server.domain import attendees, companions
from server.domain.choices import PlaceWish
from server.domain.companions import Companion
from server.domain.errors import Invalid
from server.domain.metadata import Metadata
from server.domain.metadata import fault as fault_of_metadata
from server.domain.series import Recurrence
from server.domain.zones import is_zone
from server.ports import Ports


@dataclass(frozen=True, slots=True, kw_only=True)
class NewBooking:
    """A guest's wish. `start` is aware; `key` is a form's nonce or an Idempotency-Key: equal keys make one booking.

    `invite` is the token of the invite by which the guest came, if any. Without `duration_min` the event type's own
    applies (S5.6); `guests` are brought along; `answers` are texts by the id of their question. `phone` is
    kept where a reminder by text message needs it. With `confirm_address` the guest has to prove their mail address first,
    also where the event type does not ask for that. `waits`: where all seats are taken, they would wait for one. `metadata` is what a program keeps beside it. With `validate_only` nothing
    is booked: what would be is returned. `host` is the home of whom they want to meet of a team. `is_test`: it stands in the sandbox, nobody is mailed and no time is held (C38).
    With `recurring` it is a series from `start` on, without the meetings whose starts are in `skip`.
    """

    home: str
    slug: str
    start: datetime
    name: str
    email: str
    zone: str
    language: str = "en"
    notes: str = ""
    phone: str = ""
    duration_min: int | None = None
    place: PlaceWish = PlaceWish()
    answers: Mapping[str, Sequence[str]] = field(default_factory=dict)
    guests: Sequence[Companion] = ()
    key: str | None = None
    invite: str = ""
    confirm_address: bool = False
    waits: bool = False
    metadata: Metadata = ()
    validate_only: bool = False
    is_test: bool = False
    host: str = ""
    recurring: Recurrence | None = None
    skip: frozenset[datetime] = frozenset()


def refuse_faults(wish: NewBooking, wrong: Mapping[str, str]) -> None:
    """Raise Invalid for particulars that are wrong; `wrong` is what else was found."""
    found = {
        **attendees.faults(name=wish.name, email=wish.email, notes=wish.notes, phone=wish.phone),
        **companions.faults(wish.guests, [wish.email]),
        **wrong,
    }
    kept = fault_of_metadata(wish.metadata)
    if kept is not None:
        found["metadata"] = kept
    if not is_zone(wish.zone):
        found["zone"] = "Please choose a time zone by its IANA name, like Europe/Berlin."
    if not attendees.is_language(wish.language):
        found["language"] = "must be a language tag, like de or en-GB"
    if wish.start.tzinfo is None or wish.start.microsecond:
        found["start"] = "must be an instant with an offset, in whole seconds"
    if found:
        raise Invalid("Please check the marked fields.", found)


def fingerprint(ports: Ports, key: str) -> str:
    """Return what the ledger keeps of a key: enough to know it again, nothing to read."""
    return hmac.new(ports.secret_key, b"key\0" + key.encode(), sha256).hexdigest()
