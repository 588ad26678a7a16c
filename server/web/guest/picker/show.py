"""Builds the picker: asks for the free times of a period and puts them into words."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta

from server.domain.event_type import View
from server.web.guest.absence import Absence, absences
from server.web.guest.particulars import duration
from server.web.guest.picker import days
from server.web.guest.picker.asked import Asked
from server.web.guest.picker.choice import Choice
from server.web.guest.picker.day import day_of
from server.web.guest.picker.model import Day, Link, Picker
from server.web.guest.picker.month import weekdays, weeks
from server.web.guest.picker.notes import host_clock, next_free, notes, nothing
from server.web.guest.picker.why import Why, away_in, reasons
from server.web.reading import wording, zones

LIST_DAYS = 14


def show(asked: Asked) -> Picker:
    """Return the picker for what was asked; without a date it opens where the first free time is."""
    day = _opening_day(asked)
    first, last = _period(asked, day)
    starts = asked.starts(first, last)
    grouped = days.by_day(starts, asked.zone)
    chosen = _chosen(asked, day, grouped)
    why = reasons(asked, first, last)
    choice = asked.choice
    at = datetime.fromtimestamp(days.instants(first, last, asked.zone)[0], asked.zone)
    return Picker(
        view=choice.view.value,
        period=_period_name(asked, first, last),
        summary=wording.free_times(asked.reader, len(starts)),
        earlier=asked.to(first - days.ONE_DAY) if first > asked.today else "",
        later=asked.to(last + days.ONE_DAY) if last < asked.last_day else "",
        views=_views(asked, chosen or day),
        clocks=_clocks(asked),
        durations=_durations(asked),
        days=_days(asked, first, grouped, chosen, why),
        weekdays=weekdays(asked, first) if choice.view is View.MONTH else (),
        weeks=weeks(asked, first, grouped, chosen, why) if choice.view is View.MONTH else (),
        notes=notes(asked, first, last),
        absences=_absences(asked, first, last),
        nothing=nothing(asked, first, last) if not starts else "",
        next_free=next_free(asked, last) if not starts else None,
        zone=choice.zone,
        zone_label=wording.zone_label(choice.zone, at, asked.reader),
        zone_locked=asked.event_type.zone_locked,
        zones=() if asked.event_type.zone_locked else zones.zone_options(first, asked.reader.locale),
        host_clock=host_clock(asked, starts),
        action=asked.path,
        hidden=_hidden(choice),
        wants_zone=not choice.zone_said and not asked.event_type.zone_locked,
    )


def _opening_day(asked: Asked) -> date:
    said = asked.choice.day
    if said is not None:
        return min(max(said, asked.today), max(asked.last_day, asked.today))
    if asked.without is not None and asked.without.span[0] > asked.now:
        return days.local_date(asked.without.span[0], asked.zone)
    first = asked.first_free(asked.event_type.rules(asked.now).earliest)
    return asked.today if first is None else days.local_date(first, asked.zone)


def _period(asked: Asked, day: date) -> tuple[date, date]:
    match asked.choice.view:
        case View.WEEK:
            return days.week_of(day, wording.first_weekday(asked.reader))
        case View.MONTH:
            return days.month_of(day)
        case View.LIST:
            return day, day + timedelta(days=LIST_DAYS - 1)


def _chosen(asked: Asked, day: date, grouped: dict[date, list[datetime]]) -> date | None:
    """Return the day whose times the month view shows: the one that was asked for, else the first with any."""
    if asked.choice.view is not View.MONTH:
        return None
    return day if day in grouped else min(grouped, default=None)


def _period_name(asked: Asked, first: date, last: date) -> str:
    if asked.choice.view is View.MONTH:
        return wording.month(first, asked.reader)
    return wording.days(first, last, asked.reader)


def _address(asked: Asked, day: date | None) -> str:
    return asked.path + asked.choice.on(day).query()


def _views(asked: Asked, day: date) -> tuple[Link, ...]:
    text = asked.reader.text
    names = {View.WEEK: text("Week"), View.MONTH: text("Month"), View.LIST: text("List")}
    here = asked.choice if asked.choice.day is None else asked.choice.on(day)
    return tuple(
        Link(asked.path + here.with_view(view).query(), name, view.value, view is asked.choice.view)
        for view, name in names.items()
    )


def _clocks(asked: Asked) -> tuple[Link, ...]:
    text, choice = asked.reader.text, asked.choice
    return tuple(
        Link(asked.path + choice.with_twelve(twelve).query(), name, key, twelve is choice.twelve)
        for twelve, key, name in ((True, "12", text("12 h")), (False, "24", text("24 h")))
    )


def _durations(asked: Asked) -> tuple[Link, ...]:
    """Return the durations to choose from; one that is fixed is no choice."""
    choice = asked.choice
    return tuple(
        Link(
            asked.path + choice.lasting(minutes).query(),
            duration(minutes, asked.reader),
            str(minutes),
            minutes == choice.duration_min,
        )
        for minutes in (asked.event_type.durations if asked.event_type.duration_options else ())
    )


def _absences(asked: Asked, first: date, last: date) -> tuple[Absence, ...]:
    """Return when the host is away; who moves a booking is sent to nobody else."""
    ranges = away_in(asked, first, last)
    if asked.without is not None:
        ranges = tuple(replace(one, deputy=None) for one in ranges)
    return absences(asked.ports, asked.met, ranges, asked.reader, asked.event_type.slug)


def _days(
    asked: Asked, first: date, grouped: dict[date, list[datetime]], chosen: date | None, why: Why
) -> tuple[Day, ...]:
    shown: Iterable[date]
    match asked.choice.view:
        case View.WEEK:
            shown = (first + timedelta(days=at) for at in range(7))
        case View.MONTH:
            shown = (chosen,) if chosen else ()
        case View.LIST:
            shown = sorted(grouped)
    return tuple(day_of(asked, day, grouped.get(day, []), why.get(day, "")) for day in shown)


def _hidden(choice: Choice) -> tuple[tuple[str, str], ...]:
    """Return what the zone form must carry so that nothing else changes."""
    found = {
        "host": choice.host,
        "view": choice.view.value if choice.view_said else "",
        "date": choice.day.isoformat() if choice.day else "",
        "hour": ("12" if choice.twelve else "24") if choice.twelve_said else "",
        "duration": str(choice.duration_min) if choice.duration_said else "",
    }
    return (*((name, value) for name, value in found.items() if value), *choice.carried)
