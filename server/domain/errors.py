"""Every refusal of Daybook, as one tree.

    SchedulingError
    ├── NotFound              no such host, event type or booking, or it is not for the asker's eyes
    │   ├── InviteOver        the invite was right once; it is used up, expired or revoked
    │   └── NoLongerPart      the link was right once; whose it was has left the meeting
    ├── Invalid               the request is malformed; names each field and what is wrong with it
    │   ├── GuestsNotAllowed  nobody, or not so many, can be brought along to this kind of meeting
    │   └── KeyReused         the Idempotency-Key belongs to another request
    ├── Conflict              the request was sound, but the world is not as it assumed
    │   ├── SlotUnavailable   the time cannot be had; says why and offers the nearest free ones
    │   │   └── BookingCapReached  as much is booked as may be, in that period or by that guest
    │   ├── HostUnavailable   nobody else, or not who was named, can take the meeting over
    │   │   └── MeetingsUnavailable  some meetings of a series cannot be had; says which
    │   ├── NotAccepted       whoever asks is kept out of booking here; nothing is said of why
    │   ├── AlreadyCancelled  a cancelled or declined booking cannot be changed any more
    │   ├── CancellationDeadlinePassed, RescheduleDeadlinePassed
    │   │                     it is too late for guests; the host still can
    │   └── ChangedMeanwhile  somebody else changed the same thing between reading and writing
    ├── Unauthorized          nobody says who asks, or the API key opens nothing
    ├── Forbidden             the link proves who asks, and what is asked for is for others to do
    │   └── NotPermitted      the API key was made without this permission
    ├── LinkReplaced          the link was right once; a later change of the booking replaced it
    ├── TooMany               a limit on requests was reached; says when to try again
    │   └── TooManyMails      it would mail people who have been sent too many today
    └── Unavailable           a part Daybook stands on (disk, ledger) does not answer now

The message of each is an English sentence that a guest may read; faces translate it. One table in
`server/web/problems.py` turns the tree into HTTP.
"""

from collections.abc import Mapping, Sequence

from server.domain.invites import InviteState
from server.domain.slots import Refusal


class SchedulingError(Exception):
    """A refusal that its reader can act on; `code` is stable and documented, `message` may be shown."""

    code = "error"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class NotFound(SchedulingError):
    """No such thing, or none that the asker may see: the two are never told apart."""

    code = "not_found"


class InviteOver(NotFound):
    """The invite's link proved itself, and opens nothing any more; `state` says why. To programs nothing is there (C18)."""

    def __init__(self, message: str, state: InviteState) -> None:
        super().__init__(message)
        self.state = state


class NoLongerPart(NotFound):
    """The link proves who asks; this person was taken off the booking, which is not shown to them any more."""


class Invalid(SchedulingError):
    """The request itself is wrong; `fields` maps each field to a sentence saying what it must be."""

    code = "validation_error"

    def __init__(self, message: str, fields: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.fields: Mapping[str, str] = fields or {}


class GuestsNotAllowed(Invalid):
    """Nobody, or not so many, can be brought along to this kind of meeting (C20)."""

    code = "guests_not_allowed"


class KeyReused(Invalid):
    """The Idempotency-Key was used for another request, whose answer is not this one's."""

    code = "idempotency_key_reused"


class Unauthorized(SchedulingError):
    """Nobody says who asks, or by an API key that opens nothing: it never did, or was revoked."""

    code = "unauthorized"


class Forbidden(SchedulingError):
    """The link proves who asks; what is asked for, others may do and this person may not."""

    code = "not_yours"


class NotPermitted(Forbidden):
    """The API key may be used, but was made without the permission that this needs."""

    code = "forbidden"


class Conflict(SchedulingError):
    """The request was sound, but the present state does not allow it."""

    code = "conflict"


class SlotUnavailable(Conflict):
    """The wanted start cannot be booked; `nearest` holds up to three starts (epoch seconds) that can."""

    def __init__(self, message: str, reason: Refusal, nearest: Sequence[int] = ()) -> None:
        super().__init__(message)
        self.reason = reason
        self.nearest = tuple(nearest)


class BookingCapReached(SlotUnavailable):
    """In the period of the wanted start as much is booked as may be; `by_guest`: under this guest's address."""

    code = "booking_cap_reached"

    def __init__(self, message: str, nearest: Sequence[int] = (), *, by_guest: bool = False) -> None:
        super().__init__(message, Refusal.CAPPED, nearest)
        self.by_guest = by_guest


class HostUnavailable(Conflict):
    """No other host of the team is free at the time of the meeting, or the one who was named is not (S4.38)."""

    code = "host_unavailable"


class MeetingsUnavailable(SlotUnavailable):
    """Of a series some meetings cannot be had; `conflicts` says which, by their starts (epoch seconds), and why."""

    code = "meetings_unavailable"

    def __init__(
        self,
        message: str,
        reason: Refusal,
        nearest: Sequence[int],
        conflicts: tuple[tuple[int, Refusal], ...],
    ) -> None:
        super().__init__(message, reason, nearest)
        self.conflicts = conflicts


class NotAccepted(Conflict):
    """Who asks is kept out of booking here, by the host or the operator; they are not told by what."""

    code = "not_accepted"


class AlreadyCancelled(Conflict):
    """The booking is cancelled or declined; it stays so."""

    code = "already_cancelled"


class CancellationDeadlinePassed(Conflict):
    """Guests could cancel until some time before the meeting; that time is over (C6)."""

    code = "cancellation_deadline_passed"


class RescheduleDeadlinePassed(Conflict):
    """Guests could move the booking until some time before the meeting; that time is over (C6)."""

    code = "reschedule_deadline_passed"


class ChangedMeanwhile(Conflict):
    """Another writer was faster; reading again and repeating is the cure."""


class LinkReplaced(SchedulingError):
    """The capability was minted for an earlier revision; a later mail carries the one that works."""

    code = "link_replaced"


class TooMany(SchedulingError):
    """A limit was reached; `retry_after_s` says how many seconds to wait."""

    code = "rate_limited"

    def __init__(self, message: str, retry_after_s: int) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class TooManyMails(TooMany):
    """A change of a booking would mail people of it who have been sent too many mails today."""


class Unavailable(SchedulingError):
    """Disk, ledger or calendar store cannot take the change now; nothing was changed."""

    code = "unavailable"
