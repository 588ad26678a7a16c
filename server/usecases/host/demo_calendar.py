"""The calendar of somebody with a job and a life, for the demonstration: every kind of entry that calendars hold."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from server.domain.identity import Href
from server.ical.scan import Component, Property, escape, scan, serialise
from server.ical.timezones import vtimezone
from server.ical.values import written_utc

BERLIN = "Europe/Berlin"
KATHMANDU = "Asia/Kathmandu"
WEEKS_BACK = 8
SATURDAY = 5
_HEAD = (Property("VERSION", "2.0"), Property("PRODID", "-//Daybook//Demonstration//EN"))


@dataclass(frozen=True, slots=True)
class _Entry:
    """A component with wall times; `at` None is all day. `more` are properties as name and value."""

    title: str
    day: date
    at: time | None = None
    minutes: int = 60
    days: int = 1
    zone: str = BERLIN
    more: tuple[tuple[str, str], ...] = ()
    without: tuple[date, ...] = ()
    moved: tuple[tuple[date, datetime], ...] = field(default=())


def objects(today: date, written_at: datetime) -> list[tuple[Href, str]]:
    """Return href and text of each calendar object, around the working week that `today` is in or before."""
    monday = today - timedelta(days=today.weekday()) if today.weekday() < SATURDAY else _next_monday(today)
    found = []
    for name, entry in {**_work(monday), **_life(monday)}.items():
        found.append((Href(f"demo-{name}.ics"), _text(f"demo-{name}@daybook", entry, written_at)))
    return found


def _next_monday(day: date) -> date:
    return day + timedelta(days=7 - day.weekday())


def _work(monday: date) -> dict[str, _Entry]:
    long_ago = monday - timedelta(weeks=WEEKS_BACK)
    wednesday, next_week = monday + timedelta(days=2), monday + timedelta(weeks=1)
    return {
        "stand-up": _Entry(
            "Stand-up",
            long_ago,
            time(9, 15),
            minutes=15,
            more=(("RRULE", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"), ("LOCATION", "Room 2")),
            without=(next_week,),
            moved=((wednesday, datetime.combine(wednesday, time(11, 30))),),
        ),
        "one-to-one": _Entry(
            "1:1 with Priya",
            long_ago + timedelta(days=3),
            time(14, 0),
            minutes=45,
            more=(("RRULE", "FREQ=WEEKLY;INTERVAL=2;BYDAY=TH"),),
        ),
        "kathmandu": _Entry(
            "Call with the Kathmandu office",
            long_ago + timedelta(days=1),
            time(14, 30),
            minutes=60,
            zone=KATHMANDU,
            more=(("RRULE", "FREQ=WEEKLY;BYDAY=TU"),),
        ),
        "board": _Entry(
            "Board", _last_friday(long_ago), time(10, 0), 120, more=(("RRULE", "FREQ=MONTHLY;BYDAY=-1FR"),)
        ),
        "conference": _Entry(
            "Conference in Vienna", next_week + timedelta(days=3), days=2, more=(("TRANSP", "OPAQUE"),)
        ),
        "workshop": _Entry(
            "Workshop (to be confirmed)",
            next_week + timedelta(days=1),
            time(15, 0),
            90,
            more=(("STATUS", "TENTATIVE"),),
        ),
        "budget": _Entry("Budget review", wednesday, time(14, 0), more=(("STATUS", "CANCELLED"),)),
        "budget-again": _Entry("Budget review", monday + timedelta(weeks=1, days=2), time(14, 0)),
    }


def _life(monday: date) -> dict[str, _Entry]:
    long_ago, friday = monday - timedelta(weeks=WEEKS_BACK), monday + timedelta(days=4)
    return {
        "lunch": _Entry("Lunch with Jonas", monday + timedelta(days=1), time(12, 30)),
        "piano": _Entry(
            "Piano lesson", long_ago + timedelta(days=3), time(17, 30), 45, more=(("RRULE", "FREQ=WEEKLY"),)
        ),
        "birthday": _Entry(
            "Mara's birthday",
            (monday + timedelta(days=9)).replace(year=1992),
            more=(("RRULE", "FREQ=YEARLY"), ("TRANSP", "TRANSPARENT")),
        ),
        "reading": _Entry(
            "Reading, may be disturbed", friday, time(13, 0), 120, more=(("TRANSP", "TRANSPARENT"),)
        ),
        "dentist": _Entry(
            "Dentist", monday + timedelta(weeks=1), time(8, 30), 60, more=(("CLASS", "PRIVATE"),)
        ),
    }


def _last_friday(day: date) -> date:
    following = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
    last = following - timedelta(days=1)
    return last - timedelta(days=(last.weekday() - 4) % 7)


def _text(uid: str, entry: _Entry, written_at: datetime) -> str:
    master = [*_times("DTSTART", entry, entry.day), *_words(uid, entry, written_at)]
    master += [Property(name, value) for name, value in entry.more]
    for day in entry.without:
        master.append(_moment("EXDATE", entry, day))
    parts = [Component("VEVENT", tuple(master))]
    for day, to in entry.moved:
        instead = _Entry(entry.title, to.date(), to.time(), entry.minutes, zone=entry.zone)
        parts.append(
            Component(
                "VEVENT",
                (
                    _moment("RECURRENCE-ID", entry, day),
                    *_times("DTSTART", instead, instead.day),
                    *_words(uid, entry, written_at),
                ),
            )
        )
    zones = () if entry.at is None else (_zone(entry),)
    return serialise(Component("VCALENDAR", _HEAD, (*zones, *parts)))


def _words(uid: str, entry: _Entry, written_at: datetime) -> Iterable[Property]:
    return (
        Property("UID", uid),
        Property("DTSTAMP", written_utc(written_at)),
        Property("SUMMARY", escape(entry.title)),
    )


def _times(name: str, entry: _Entry, day: date) -> Iterable[Property]:
    if entry.at is None:
        end = day + timedelta(days=entry.days)
        return (_moment(name, entry, day), Property("DTEND", f"{end:%Y%m%d}", {"VALUE": ("DATE",)}))
    return (_moment(name, entry, day), Property("DURATION", f"PT{entry.minutes}M"))


def _moment(name: str, entry: _Entry, day: date) -> Property:
    if entry.at is None:
        return Property(name, f"{day:%Y%m%d}", {"VALUE": ("DATE",)})
    return Property(name, f"{datetime.combine(day, entry.at):%Y%m%dT%H%M%S}", {"TZID": (entry.zone,)})


def _zone(entry: _Entry) -> Component:
    start = datetime(entry.day.year, 1, 1)  # noqa: DTZ001 - only its year is asked for
    text = vtimezone(entry.zone, start, start.replace(year=start.year + 2))
    return scan(f"BEGIN:VCALENDAR\r\n{text}END:VCALENDAR\r\n").components[0]
