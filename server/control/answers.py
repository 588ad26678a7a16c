"""What goes over the control socket: one request a line, one answer a line, both JSON.

{"type": "host.list"}                       →  {"result": [{"home": "alice", …}]}
{"type": "host.set", "home": "nobody"}      →  {"refusal": {"code": "not_found", "message": "There is no host nobody."}}
"""

from collections.abc import Mapping
from typing import TypeAlias

import msgspec

from server.control.commands import Request, run
from server.control.views import instant
from server.domain.errors import Invalid, MeetingsUnavailable, SchedulingError, SlotUnavailable
from server.ports import Ports

LINE_MAX = 24_000_000
"""Bytes of a line: room for the largest object there can be, every character of it escaped."""


class Refusal(msgspec.Struct, omit_defaults=True):
    """Why nothing was done; `reason` and `nearest` are given when a time cannot be had.

    `conflicts` are the meetings of a series that cannot, with the reason of each.
    """

    code: str
    message: str
    fields: Mapping[str, str] = {}
    reason: str = ""
    nearest: list[str] = []
    conflicts: list[tuple[str, str]] = []


class Refused(msgspec.Struct):
    """The answer to a request that was refused."""

    refusal: Refusal


class Done(msgspec.Struct):
    """The answer to a request that was carried out; `result` is one of the views, or a list of them."""

    result: object


Answer: TypeAlias = Done | Refused


async def answer(ports: Ports, request: Request) -> Answer:
    """Carry a request out and return its result, or why it was refused."""
    try:
        return Done(await run(ports, request))
    except SchedulingError as error:
        return Refused(_refusal(error))


async def answer_line(ports: Ports, line: bytes) -> bytes:
    """Return the line that answers `line`."""
    try:
        request = msgspec.json.decode(line, type=Request)
    except msgspec.DecodeError as error:
        refused = Refused(Refusal("bad_request", f"This Daybook does not know the request: {error}"))
        return msgspec.json.encode(refused) + b"\n"
    return msgspec.json.encode(await answer(ports, request)) + b"\n"


def read_answer(line: bytes) -> Answer:
    """Return the answer that a line holds; raises `msgspec.DecodeError`."""
    # Told apart by their one field, since a union of untagged structs cannot be decoded at once.
    found = msgspec.json.decode(line, type=dict[str, msgspec.Raw])
    if "refusal" in found:
        return msgspec.json.decode(line, type=Refused)
    return msgspec.json.decode(line, type=Done)


def _refusal(error: SchedulingError) -> Refusal:
    return Refusal(
        code=error.code,
        message=error.message,
        fields=dict(error.fields) if isinstance(error, Invalid) else {},
        reason=error.reason.value if isinstance(error, SlotUnavailable) else "",
        nearest=[instant(at) for at in error.nearest] if isinstance(error, SlotUnavailable) else [],
        conflicts=[(instant(at), reason.value) for at, reason in error.conflicts]
        if isinstance(error, MeetingsUnavailable)
        else [],
    )
