"""The one way to a booking for who acts in a role: hosts, managers, operators, and the keys of their programs."""

from server.domain.errors import NotFound
from server.domain.identity import BookingId, Home
from server.domain.permissions import Acting, Permission, Role, authorise
from server.ports import BookingRecord, Ports
from server.usecases.booking import look
from server.usecases.booking.look import Looked

NOBODY = Home("")


async def look_as(
    ports: Ports, acting: Acting, id_: str, permission: Permission, *, is_test: bool | None = None
) -> Looked:
    """Return a booking on which somebody has a permission; with `is_test` only one of that sort.

    Raises NotPermitted for a key without the permission, Forbidden for who may only see it, and NotFound for all else: of a
    booking whose guest has yet to prove their address, hosts do not know.
    """
    found = await ports.ledger.booking(BookingId(id_))
    record = _permitted(found, acting, permission, is_test=is_test)
    looked = await look.by_record(ports, record)
    if acting.role is not Role.ADMIN and not looked.is_missing and looked.booking.awaiting_address:
        raise NotFound(look.UNKNOWN)
    return looked


def may_see(record: BookingRecord, acting: Acting, *, is_test: bool) -> bool:
    """Tell whether `look_as` would show somebody a booking of that sort; raises NotPermitted as it does."""
    try:
        _permitted(record, acting, Permission.VIEW, is_test=is_test)
    except NotFound:
        return False
    return True


def _permitted(
    record: BookingRecord | None, acting: Acting, permission: Permission, *, is_test: bool | None
) -> BookingRecord:
    unknown = NotFound(look.UNKNOWN)
    if record is None or is_test not in {None, record.is_test}:
        # As for a foreign one, so that a key without the permission learns no more by asking.
        authorise(acting, permission, NOBODY, unknown=unknown)
        raise unknown
    authorise(acting, permission, owner(record, acting), record.co_hosts, unknown=unknown)
    return record


def owner(record: BookingRecord, acting: Acting) -> Home:
    """Return in whose name somebody reaches a booking: the team's whose meeting it is, where they look after it, else its host's."""
    return record.team if record.team is not None and record.team in acting.team else record.home
