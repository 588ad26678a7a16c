"""Days away, deputies and public holidays."""

from dataclasses import replace
from datetime import date

import pytest

from server.adapters.memory import memory_ports
from server.domain.away import Away
from server.domain.errors import Invalid, NotFound
from server.domain.host import Host
from server.domain.hours import DateOverride
from server.domain.identity import Home
from server.ports import Ports
from server.usecases.booking import offer
from server.usecases.host import away, holidays
from server.usecases.host.change import change
from server.usecases.host.find import find
from server.usecases.host.stand_in import stand_in
from tests.builders import NOW, at, clock_times, event_type, host, override, settle_in, span
from tests.ical.test_holidays import calendar, whole_day

NOW_S = int(NOW.timestamp())
TODAY = date(2026, 3, 2)


@pytest.fixture
async def ports() -> Ports:
    """Return ports with the hosts alice and bob, who both offer `intro`."""
    made = memory_ports(NOW)
    await settle_in(made, host(), event_type(), event_type("review", number=3))
    await settle_in(made, host("bob", number=7), event_type(home="bob", number=8))
    return made


def days(first: str, last: str, **more: object) -> Away:
    return replace(Away(first=date.fromisoformat(first), last=date.fromisoformat(last)), **more)  # type: ignore[arg-type]


def free(ports: Ports, day: str, slug: str = "intro") -> str:
    found = offer.offer(ports, *offer.find(ports, "alice", slug), span("00:00-24:00", day), NOW_S)
    return clock_times(found)


async def test_nobody_is_offered_a_host_who_is_away(ports: Ports) -> None:
    version = offer.version(ports, find(ports, "alice"))
    await away.leave(ports, "alice", None, days("2026-03-03", "2026-03-04"), NOW)
    assert [free(ports, f"2026-03-0{day}") != "" for day in (2, 3, 4, 5)] == [True, False, False, True]
    assert free(ports, "2026-03-03", "review") == ""
    assert offer.version(ports, find(ports, "alice")) != version


async def test_special_hours_do_not_bring_back_who_is_away(ports: Ports) -> None:
    await change(ports, "alice", lambda one: replace(one, overrides=(override("2026-03-03", "10:00-11:00"),)))
    assert free(ports, "2026-03-03") == "10:00 10:30"
    await away.leave(ports, "alice", None, days("2026-03-03", "2026-03-03"), NOW)
    assert free(ports, "2026-03-03") == ""


async def test_one_event_type_can_rest_alone(ports: Ports) -> None:
    await away.leave(ports, "alice", "intro", days("2026-03-03", "2026-03-03"), NOW)
    assert free(ports, "2026-03-03") == ""
    assert free(ports, "2026-03-03", "review") != ""
    await away.come_back(ports, "alice", "intro", date(2026, 3, 3), NOW)
    assert free(ports, "2026-03-03") != ""


async def test_ranges_that_are_over_go_with_the_next_one(ports: Ports) -> None:
    await away.leave(ports, "alice", None, days("2026-03-02", "2026-03-03"), NOW)
    later = at("2026-03-04 00:00")
    await away.leave(ports, "alice", None, days("2026-08-01", "2026-08-14"), later)
    assert find(ports, "alice").away == (days("2026-08-01", "2026-08-14"),)


async def test_a_range_that_begins_on_the_same_day_is_replaced_and_one_unknown_is_missing(
    ports: Ports,
) -> None:
    await away.leave(ports, "alice", None, days("2026-08-01", "2026-08-14"), NOW)
    await away.leave(ports, "alice", None, days("2026-08-01", "2026-08-21", message="Longer"), NOW)
    assert [(str(one.last), one.message) for one in find(ports, "alice").away] == [("2026-08-21", "Longer")]
    with pytest.raises(NotFound):
        await away.come_back(ports, "alice", None, date(2026, 8, 2), NOW)
    await away.come_back(ports, "alice", None, date(2026, 8, 1), NOW)
    assert find(ports, "alice").away == ()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (days("2026-03-01", "2026-03-01"), "last"),
        (days("2026-03-05", "2026-03-04"), "away"),
        (days("2026-03-05", "2029-03-05"), "away"),
        (days("2026-03-05", "2026-03-05", message="x" * 501), "away"),
        (days("2026-03-05", "2026-03-05", deputy=Home("nobody")), "deputy"),
        (days("2026-03-05", "2026-03-05", deputy=Home("alice")), "away"),
    ],
)
async def test_what_cannot_be_is_refused_by_its_field(ports: Ports, wrong: Away, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        await away.leave(ports, "alice", None, wrong, NOW)
    assert field in refused.value.fields
    assert find(ports, "alice").away == ()


async def test_a_deputy_is_who_can_be_booked_and_nobody_else(ports: Ports) -> None:
    absent = days("2026-03-03", "2026-03-04", deputy=Home("bob"))
    found = stand_in(ports, absent, "intro")
    assert found is not None
    assert (found.host.home, found.event_type and found.event_type.slug) == ("bob", "intro")
    other = stand_in(ports, absent, "review")
    assert other is not None
    assert other.event_type is None
    await change(ports, "bob", lambda one: replace(one, disabled=True))
    assert stand_in(ports, absent, "intro") is None
    assert stand_in(ports, days("2026-03-03", "2026-03-04"), "intro") is None


LIST = calendar(
    whole_day("20260303", "Shrove Tuesday"), whole_day("19710501", "May Day", "RRULE:FREQ=YEARLY")
)


def closed(one: Host) -> list[tuple[str, str]]:
    return [(str(day.day), day.reason) for day in holidays.holidays(one)]


async def test_a_list_of_holidays_closes_its_days_for_two_years(ports: Ports) -> None:
    taken = await holidays.take(ports, "alice", LIST, TODAY)
    assert (taken.added, taken.removed, list(taken.own)) == (3, 0, [])
    assert closed(taken.host) == [
        ("2026-03-03", "Shrove Tuesday"),
        ("2026-05-01", "May Day"),
        ("2027-05-01", "May Day"),
    ]
    assert free(ports, "2026-03-03") == ""


async def test_to_take_a_list_again_changes_nothing(ports: Ports) -> None:
    first = await holidays.take(ports, "alice", LIST, TODAY)
    again = await holidays.take(ports, "alice", LIST, TODAY)
    assert (again.added, again.removed) == (0, 0)
    assert again.host.overrides == first.host.overrides


async def test_a_second_list_adds_to_the_first_or_takes_its_place(ports: Ports) -> None:
    await holidays.take(ports, "alice", LIST, TODAY)
    other = calendar(whole_day("20261225", "Christmas"))
    added = await holidays.take(ports, "alice", other, TODAY)
    assert (added.added, added.removed, len(closed(added.host))) == (1, 0, 4)
    instead = await holidays.take(ports, "alice", other, TODAY, in_place=True)
    assert (instead.added, instead.removed) == (0, 3)
    assert closed(instead.host) == [("2026-12-25", "Christmas")]


async def test_days_that_the_host_has_set_stay(ports: Ports) -> None:
    own = (override("2026-03-03", "10:00-11:00"), override("2026-03-06"))
    await change(ports, "alice", lambda one: replace(one, overrides=own))
    taken = await holidays.take(ports, "alice", LIST, TODAY)
    assert taken.own == [date(2026, 3, 3)]
    assert free(ports, "2026-03-03") == "10:00 10:30"
    cleared = await holidays.clear(ports, "alice")
    assert cleared.overrides == own


@pytest.mark.parametrize(
    "text", ["nonsense", calendar(whole_day("20200101", "Long ago")), "x" * (holidays.TEXT_CHARS_MAX + 1)]
)
async def test_what_is_no_list_changes_nothing_and_says_why(ports: Ports, text: str) -> None:
    await holidays.take(ports, "alice", LIST, TODAY)
    with pytest.raises(Invalid) as refused:
        await holidays.take(ports, "alice", text, TODAY, in_place=True)
    assert refused.value.fields["file"]
    assert len(closed(find(ports, "alice"))) == 3


async def test_a_name_that_fits_no_line_is_refused(ports: Ports) -> None:
    for reason in ("x" * 101, "two\nlines"):
        with pytest.raises(Invalid):
            await change(
                ports,
                "alice",
                lambda one, reason=reason: replace(  # type: ignore[misc]
                    one, overrides=(DateOverride(TODAY, (), reason),)
                ),
            )
