"""Every refusal as HTTP: one table from the domain's errors to status codes, for pages and for JSON alike."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from aiohttp import web

from server.domain.errors import (
    AlreadyCancelled,
    BookingCapReached,
    CancellationDeadlinePassed,
    ChangedMeanwhile,
    Conflict,
    Forbidden,
    GuestsNotAllowed,
    HostUnavailable,
    Invalid,
    InviteOver,
    KeyReused,
    LinkReplaced,
    MeetingsUnavailable,
    NoLongerPart,
    NotAccepted,
    NotFound,
    NotPermitted,
    RescheduleDeadlinePassed,
    SchedulingError,
    SlotUnavailable,
    TooMany,
    TooManyMails,
    Unauthorized,
    Unavailable,
)

STATUS: Mapping[type[SchedulingError], int] = {
    NotFound: 404,
    InviteOver: 404,
    NoLongerPart: 404,
    Unauthorized: 401,
    Forbidden: 403,
    NotPermitted: 403,
    Invalid: 422,
    GuestsNotAllowed: 422,
    KeyReused: 422,
    Conflict: 409,
    SlotUnavailable: 409,
    BookingCapReached: 409,
    MeetingsUnavailable: 409,
    HostUnavailable: 409,
    NotAccepted: 409,
    AlreadyCancelled: 409,
    CancellationDeadlinePassed: 409,
    RescheduleDeadlinePassed: 409,
    ChangedMeanwhile: 409,
    LinkReplaced: 410,
    TooMany: 429,
    TooManyMails: 429,
    Unavailable: 503,
}

CODES: Mapping[int, str] = {
    400: "bad_request",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    429: "rate_limited",
    500: "internal_error",
    503: "unavailable",
}
"""Codes of the refusals that HTTP itself makes, before or after the domain is asked."""


MAILS = "mails"
"""The `reason` of a 429 that is not about how often the asker asks, but about whom it would mail."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A refusal, ready to be shown: `fields` says what is wrong where, `retry_after_s` when to come back.

    `more` is what programs are told beside it.
    """

    status: int
    code: str
    message: str
    fields: Mapping[str, str]
    retry_after_s: int | None = None
    more: Mapping[str, object] = field(default_factory=dict)

    def as_json(self, request_id: str) -> dict[str, object]:
        """Return the envelope that every JSON interface answers a refusal with."""
        details = {**self.fields, **self.more}
        if self.retry_after_s is not None:
            details["retry_after"] = self.retry_after_s
        error = {"code": self.code, "message": self.message, "details": details, "request_id": request_id}
        return {"error": error}

    def headers(self) -> dict[str, str]:
        """Return the headers that belong to the refusal (RFC 9110 §11.6.1)."""
        if self.status == web.HTTPUnauthorized.status_code:
            return {"WWW-Authenticate": 'Bearer realm="Daybook"'}
        return {} if self.retry_after_s is None else {"Retry-After": str(self.retry_after_s)}


def from_scheduling(error: SchedulingError) -> Problem:
    """Return the problem for a refusal of the domain."""
    fields = error.fields if isinstance(error, Invalid) else {}
    retry_after_s = error.retry_after_s if isinstance(error, TooMany) else None
    return Problem(STATUS[type(error)], error.code, error.message, fields, retry_after_s, _more(error))


def _more(error: SchedulingError) -> Mapping[str, object]:
    if isinstance(error, TooManyMails):
        return {"reason": MAILS}
    if not isinstance(error, SlotUnavailable):
        return {}
    found = {"reason": error.reason.value, "nearest": [instant_text(at) for at in error.nearest]}
    if isinstance(error, MeetingsUnavailable):
        found["conflicts"] = [f"{instant_text(at)} {reason.value}" for at, reason in error.conflicts]
    return found


def instant_text(at: float) -> str:
    """Return an instant (epoch seconds) as programs read it: RFC 3339, UTC, whole seconds."""
    return datetime.fromtimestamp(int(at), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def from_http(error: web.HTTPException) -> Problem:
    """Return the problem for a refusal by the router or a handler."""
    return Problem(error.status, CODES.get(error.status, "bad_request"), error.reason, {})


def internal() -> Problem:
    """Return the problem for a fault of the server itself."""
    return Problem(500, "internal_error", "Something went wrong on the server.", {})
