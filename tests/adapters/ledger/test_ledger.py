"""What only the ledger on disk can show: mirrors, crashes, query plans, and that it holds no text."""

import asyncio
import re
import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.adapters.ledger import SqliteLedger, claims
from server.adapters.ledger.database import connect
from server.adapters.ledger.migrate import prepare
from server.adapters.memory.ledger import MemoryLedger
from server.domain.booking import Booking
from server.domain.happenings import Happening
from server.domain.identity import CalendarPath, Etag, Href
from server.ports import Claim, Ledger, MailState, Overtaken, Taken
from tests.builders import booking, calendar, claim, epoch, intent
from tests.contracts.ledger_steps import ALICE, ALL_DAY, REVIEW, book, cancel, cancelled, move, moved, seen

END_OF_TIME = epoch("2100-01-01 00:00")
PLACE: tuple[CalendarPath, Href, Etag] = (calendar(), Href("a.ics"), Etag('"e"'))

DAY_START = ALL_DAY[0]
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["begin", "settle", "release", "cancel", "follow"]),
        st.integers(1, 5),
        st.integers(0, 20),
        st.integers(0, 8),
    ),
    max_size=30,
)


async def reopen(ledger: SqliteLedger, path: Path) -> SqliteLedger:
    await ledger.close()
    return await SqliteLedger.open(path)


def in_order(found: list[Claim]) -> list[Claim]:
    return sorted(
        found, key=lambda one: (one.home, one.held, one.booking, one.revision, one.span, one.by_guest)
    )


async def step(ledger: Ledger, name: str, number: int, start: int, length: int) -> str:
    """Do one random thing to one booking; return what came of it, so that two ledgers can be compared."""
    record = await ledger.booking(booking(number=number).id)
    begun = [one for one in await ledger.intents(END_OF_TIME) if one.settlement.number == number]
    wanted = shaped(number, start, length, 0 if record is None else record.revision + 1)
    try:
        match name:
            case "begin":
                await ledger.begin(intent(wanted), [claim(wanted)])
            case "cancel":
                await ledger.begin(intent(cancelled(replace(wanted, revision=wanted.revision - 1))), [])
            case "settle" if begun:
                await ledger.settle(begun[0])
            case "release" if begun:
                await ledger.release(begun[0])
            case "follow" if record:
                theirs = [claim(wanted, by_guest=False)] if length % 3 else []
                return str(await ledger.follow(record, place=PLACE, claims=theirs, missing_since=None))
            case _:
                return "nothing to do"
    except (Taken, Overtaken) as refused:
        return repr(type(refused))
    return "done"


def shaped(number: int, start: int, length: int, revision: int) -> Booking:
    kind = REVIEW if number % 2 else replace(REVIEW, buffer_before_min=0, buffer_after_min=0)
    made = booking("10:00-10:30", kind=kind, number=number)
    shift = made.start.fromtimestamp(DAY_START + start * 900, made.start.tzinfo) - made.start
    lengthened = (made.end - made.start) / 2 * (length + 1)
    return replace(
        made,
        start=made.start + shift,
        end=made.start + shift + lengthened,
        revision=revision,
        sequence=revision,
    )


@given(STEPS)
@settings(max_examples=40)
def test_the_mirror_equals_the_table_and_the_memory_ledger_after_whatever_happens(
    steps: list[tuple[str, int, int, int]],
) -> None:
    async def compare(path: Path) -> None:
        ledger, model = await SqliteLedger.open(path), MemoryLedger()
        try:
            for one in steps:
                assert await step(ledger, *one) == await step(model, *one)
            stored = in_order(list(await ledger.database.read(claims.load)))
            assert in_order(list(ledger.mirror.all())) == stored
            everything = (DAY_START - 864_000, DAY_START + 864_000)
            assert list(ledger.claims(ALICE, everything)) == list(model.claims(ALICE, everything))
            middle = (DAY_START + 9_000, DAY_START + 10_800)
            assert list(ledger.claims(ALICE, middle)) == list(model.claims(ALICE, middle))
            assert list(await ledger.bookings()) == list(await model.bookings())
        finally:
            await ledger.close()

    with TemporaryDirectory() as folder:
        asyncio.run(compare(Path(folder) / "ledger.db"))


@given(STEPS)
@settings(max_examples=40)
def test_no_two_guests_ever_hold_overlapping_times(steps: list[tuple[str, int, int, int]]) -> None:
    """S1.49, S1.50, S1.52."""

    async def run(path: Path) -> list[Claim]:
        ledger = await SqliteLedger.open(path)
        try:
            for one in steps:
                await step(ledger, *one)
            return [held for held in ledger.mirror.all() if held.by_guest]
        finally:
            await ledger.close()

    with TemporaryDirectory() as folder:
        held = asyncio.run(run(Path(folder) / "ledger.db"))
    for one in held:
        for other in held:
            if one.booking != other.booking:
                assert not (one.held[0] < other.span[1] and other.span[0] < one.held[1])


async def test_of_two_hundred_simultaneous_guests_one_gets_the_time(ledger: SqliteLedger) -> None:
    """S1.52."""
    wishes = [booking("10:00-10:30", number=number) for number in range(1, 201)]
    begun = await asyncio.gather(
        *(ledger.begin(intent(one), [claim(one)]) for one in wishes), return_exceptions=True
    )
    assert begun.count(None) == 1
    assert {type(one) for one in begun if one is not None} == {Taken}


async def test_the_index_refuses_equal_starts_even_without_the_trigger(ledger: SqliteLedger) -> None:
    """S1.52."""
    await book(ledger, booking("10:00-10:30"))
    await ledger.database.write(lambda connection: connection.execute("DROP TRIGGER claims_overlap"))
    late = booking("10:00-10:30", number=2)
    with pytest.raises(Taken):
        await ledger.begin(intent(late), [claim(late)])


async def test_a_claim_of_a_guest_that_is_longer_than_the_search_reaches_is_a_programmers_error(
    ledger: SqliteLedger,
) -> None:
    wanted = booking("10:00-10:30")
    endless = replace(claim(wanted), held=(wanted.span[0], wanted.span[0] + 259_201))
    with pytest.raises(sqlite3.IntegrityError):
        await ledger.begin(intent(wanted), [endless])
    assert list(await ledger.intents(END_OF_TIME)) == []


async def test_everything_is_there_after_a_restart(ledger: SqliteLedger, path: Path) -> None:
    first = await book(ledger, booking("10:00-10:30"), key="nonce")
    late = booking("11:00-11:30", number=9)
    await ledger.begin(intent(late), [claim(late)])
    again = await reopen(ledger, path)
    assert list(again.claims(ALICE, ALL_DAY)) == [claim(first), claim(late)]
    assert list(await again.intents(END_OF_TIME)) == [intent(late)]
    assert await again.booking_by_key("nonce") == first.id
    assert again.next_number() == 10
    await again.close()


async def test_a_process_that_dies_between_two_steps_leaves_the_intent_and_its_claim(
    ledger: SqliteLedger, path: Path, tmp_path: Path
) -> None:
    before = await book(ledger, booking("10:00-10:30"))
    after = moved(before, "14:00-14:30")
    await ledger.begin(intent(after), [claim(after)])
    # What a power cut would leave: the files as they are, with no checkpoint and no goodbye.
    found = tmp_path / "found"
    found.mkdir()
    for name in ("ledger.db", "ledger.db-wal"):
        shutil.copy(path.with_name(name), found / name)
    recovered = await SqliteLedger.open(found / "ledger.db")
    assert list(await recovered.intents(END_OF_TIME)) == [intent(after)]
    assert list(recovered.claims(ALICE, ALL_DAY)) == [claim(before), claim(after)]
    await recovered.settle(intent(after))
    assert list(recovered.claims(ALICE, ALL_DAY)) == [claim(after)]
    await recovered.close()


async def test_a_torn_last_write_loses_that_transaction_whole(
    ledger: SqliteLedger, path: Path, tmp_path: Path
) -> None:
    first = await book(ledger, booking("10:00-10:30"))
    wal = path.with_name("ledger.db-wal")
    whole = wal.stat().st_size
    late = booking("11:00-11:30", number=2)
    await ledger.begin(intent(late), [claim(late)])
    found = tmp_path / "found"
    found.mkdir()
    shutil.copy(path, found / path.name)
    torn = (whole + wal.stat().st_size) // 2
    (found / wal.name).write_bytes(wal.read_bytes()[:torn])
    recovered = await SqliteLedger.open(found / path.name)
    assert list(recovered.claims(ALICE, ALL_DAY)) == [claim(first)]
    assert list(await recovered.intents(END_OF_TIME)) == []
    await recovered.close()


async def test_no_statement_of_a_booking_or_a_delivery_searches_a_whole_table(ledger: SqliteLedger) -> None:
    statements: list[str] = []

    def trace(connection: sqlite3.Connection) -> None:
        connection.set_trace_callback(statements.append)

    await ledger.database.write(trace)
    await ledger.database.read(trace)
    await hot(ledger)
    plans = await ledger.database.read(lambda connection: plans_of(connection, set(statements)))
    assert len(plans) > 20
    assert [one for one in plans if "SCAN" in one[1] or "TEMP B-TREE" in one[1]] == []
    assert "SEARCH outbox USING INDEX outbox_due (due_at<?)" in {plan for _, plan in plans}


async def hot(ledger: SqliteLedger) -> None:
    """Do once what guests and the outbox do all day."""
    first = await move(ledger, await book(ledger, booking("10:00-10:30"), key="nonce"), "11:00-11:30")
    await ledger.follow(await seen(ledger, first), place=PLACE, claims=[claim(first)], missing_since=None)
    await ledger.booking(first.id)
    await ledger.booking_by_uid(first.uid)
    await ledger.booking_by_key("nonce")
    await ledger.bookings(home=ALICE)
    await ledger.bookings(home=ALICE, active_only=True)
    await ledger.trail(first.id)
    await ledger.raise_generation(first.id, 1)
    mails = await ledger.due_mails(END_OF_TIME, 10)
    await ledger.postpone_mail(mails[0].id, 1, "451")
    await ledger.finish_mail(mails[0].id, MailState.FAILED, 1, "550")
    await ledger.requeue_mail(mails[0].id, 2)
    await ledger.mails(booking=first.id)
    await ledger.set_password_hash("alice", "hash")
    await ledger.password_hash("alice")
    await ledger.reset_feeds(ALICE)
    await ledger.feed_generation(ALICE)
    late = booking("15:00-15:30", number=2)
    await ledger.begin(intent(late, key="other"), [claim(late)])
    await ledger.release(intent(late, key="other"))
    await cancel(ledger, first)


def plans_of(connection: sqlite3.Connection, statements: set[str]) -> list[tuple[str, str]]:
    connection.set_trace_callback(None)
    kept = [one for one in statements if re.match(r"\s*(SELECT|INSERT|UPDATE|DELETE)", one)]
    return [
        (one, str(row[3]))
        for one in kept
        for row in connection.execute(f"EXPLAIN QUERY PLAN {one}").fetchall()
    ]


def test_the_overlap_is_searched_within_the_longest_claim_and_nowhere_else(path: Path) -> None:
    prepare(path)
    with closing(connect(path)) as connection:
        (trigger,) = connection.execute(
            "SELECT sql FROM sqlite_schema WHERE name = 'claims_overlap'"
        ).fetchone()
        searches = re.findall(r"SELECT 1 FROM claims.*?\n    \)", trigger, re.S)
        filled = {re.sub(r"NEW\.\w+", "5", one.rstrip().rstrip(")")) for one in searches}
        plans = [one[1] for one in plans_of(connection, filled)]
    assert sorted(plans) == [
        "SEARCH other USING INDEX claims_held (home=? AND held_from>? AND held_from<?)",
        "SEARCH other USING INDEX claims_long (home=?)",
    ]


async def test_a_settled_change_is_logged_by_its_name_outside_and_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """C27"""
    begun = intent(booking("10:00-10:30"))
    begun = replace(begun, settlement=replace(begun.settlement, happenings=(Happening.CREATED,)))
    ledger = await SqliteLedger.open(tmp_path / "ledger.db")
    with caplog.at_level("INFO", "server.adapters.ledger.changes"):
        await ledger.begin(begun, ())
        await ledger.settle(begun)
        await ledger.settle(begun)
        await ledger.complete(begun.settlement.booking, 0, END_OF_TIME)
    await ledger.close()
    assert [record.getMessage() for record in caplog.records] == ["booking.created", "booking.completed"]
