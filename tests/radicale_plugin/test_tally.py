"""The tally agrees with a look at every booking, whatever came and went."""

from array import array
from dataclasses import replace
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

import radicale_plugin
from radicale_plugin.entry import Entry
from radicale_plugin.tally import Tally, begins_in
from server.adapters.calendars import RadicaleCalendars
from server.domain.booking import ACTIVE, Status
from server.domain.booking_row import row_of
from server.domain.identity import EventTypeId, Home, Href
from server.domain.limits import EVER
from server.ical import vevent
from server.ports import ObjectWrite
from tests.builders import BERLIN, booking, host

ALICE = Home("alice")
HREF = Href("one.ics")

ROW = row_of(booking())
KINDS = [EventTypeId("evt_one"), EventTypeId("evt_two")]
ADDRESSES = ["gus@example.net", "GUS@example.net", "eve@example.net"]
NO_TIMES = array("q")


def entry(href: int, start: int, kind: int, who: int, status: Status, is_superseded: bool) -> Entry:
    people = (("Gus", ADDRESSES[who]),)
    row = replace(ROW, event_type=KINDS[kind], span=(start, start + 1), status=status, people=people)
    uid = f"{href}-r0" if is_superseded else str(href)
    return Entry(f"{href}.ics", "", uid, "VEVENT", 0, 0.0, start, start, NO_TIMES, NO_TIMES, booking=row)


def foreign(href: int) -> Entry:
    return Entry(f"{href}.ics", "", str(href), "VEVENT", 0, 0.0, 0, 0, NO_TIMES, NO_TIMES)


HREFS = st.integers(0, 4)
ENTRIES = st.builds(
    entry,
    HREFS,
    st.integers(0, 9),
    st.integers(0, 1),
    st.integers(0, 2),
    st.sampled_from(Status),
    st.booleans(),
)
WRITES = st.lists(st.tuples(HREFS, st.none() | ENTRIES | st.builds(foreign, HREFS)), max_size=30)


@given(WRITES, st.integers(-1, 10), st.integers(-1, 11))
def test_what_is_counted_is_what_a_look_at_all_bookings_finds(
    writes: list[tuple[int, Entry | None]], first: int, stop: int
) -> None:
    tally, standing = Tally(), dict[int, Entry]()
    for href, new in writes:
        tally.change(standing.pop(href, None), new)
        if new is not None:
            standing[href] = new
    for counted in (tally, Tally.of(standing.values())):
        for kind in KINDS:
            found = [one for one in standing.values() if is_counted(one, kind, first, stop)]
            assert counted.count(kind, (first, max(first, stop))) == len(found)
            mine = [one for one in counted.of_guest("gus@example.net") if begins_in(one, kind, (first, stop))]
            assert {one.uid for one in mine} == {
                one.uid for one in found if one.booking and "eve" not in one.booking.people[0][1]
            }


def is_counted(one: Entry, kind: EventTypeId, first: int, stop: int) -> bool:
    row = one.booking
    return (
        row is not None
        and row.event_type == kind
        and row.status in ACTIVE
        and not one.uid.endswith("-r0")
        and first <= row.span[0] < stop
    )


async def test_a_restart_counts_what_stands_on_the_disk_and_a_new_zone_changes_nothing(
    tmp_path: Path,
) -> None:
    zones = {"alice": BERLIN}
    for _ in range(2):
        application = radicale_plugin.make(tmp_path, lambda home: zones[home], lambda _: (), lambda _: True)
        index = application.storage.index
        calendars = RadicaleCalendars(application.storage)
        await calendars.create_home(ALICE)
        made = booking("10:00-10:30")
        if await calendars.etag(made.calendar, HREF) is None:
            write = ObjectWrite(made.calendar, HREF, None, vevent.stored(made, host()))
            await calendars.swap(ALICE, "intent", await calendars.stage(ALICE, [write]), ())
        calendars.close()
        assert index.booked("alice", made.event_type_id, EVER) == 1
        assert index.booked("alice", made.event_type_id, EVER, made.guest.email) == 1
        zones["alice"] = "Asia/Kolkata"
        with application.storage.acquire_lock("r", "alice"):
            index.rezone("alice")
        assert index.booked("alice", made.event_type_id, EVER) == 1
