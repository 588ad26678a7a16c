"""What every ledger promises of who came."""

from dataclasses import replace

from server.domain.booking import Action, Attendance
from server.ports import Ledger
from tests.builders import booking, intent


async def test_who_came_is_known_until_something_else_is_said(ledger: Ledger) -> None:
    """C30"""
    first, said = booking(), replace(booking(), revision=1)
    begun = intent(first)
    await ledger.begin(begun, [])
    await ledger.settle(begun)
    seen = []
    for after, who in (
        (said, ((1, Attendance.ABSENT), (2, Attendance.ATTENDED))),
        (replace(said, revision=2), ()),
    ):
        made = intent(after, Action.ATTEND)
        made = replace(made, settlement=replace(made.settlement, attendance=who))
        await ledger.begin(made, [])
        await ledger.settle(made)
        record = await ledger.booking(first.id)
        assert record is not None
        seen.append(dict(record.attendance))
    assert seen == [{1: Attendance.ABSENT, 2: Attendance.ATTENDED}, {}]
