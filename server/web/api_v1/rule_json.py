"""When an event type can be booked, as /v1 says it: rules by weekday and by date (S5.50)."""

from collections.abc import Iterable
from dataclasses import replace

from server.domain.errors import Invalid
from server.domain.event_type import EventType
from server.domain.host import Host
from server.domain.hours import NEVER, DateOverride, Hours, Window
from server.web.api_v1.event_type_shapes import Override, Rule, Rules, Stretch

SUNDAY = 6
RULES_MAX = 200
OVERRIDES_MAX = 1_000


def rendered(event_type: EventType, owner: Host) -> Rules:
    """Return the rules that hold, of the event type or of its host; its own dates alone."""
    hours = event_type.open_hours(owner)
    return Rules(
        rules=[
            Rule(day_of_week=(day + 1) % 7, start_time=_clock(one.start_min), end_time=_clock(one.end_min))
            for day in (SUNDAY, *range(SUNDAY))
            for one in hours.days[day]
        ],
        timezone=event_type.zone_name(owner),
        overrides=[
            Override(
                date=one.day,
                windows=[
                    Stretch(start_time=_clock(part.start_min), end_time=_clock(part.end_min))
                    for part in one.windows
                ],
            )
            for one in event_type.overrides
        ],
    )


def ruled(event_type: EventType, wish: Rules) -> EventType:
    """Return the event type with these rules in the place of all that it had; raises Invalid."""
    faults: dict[str, str] = {}
    hours = None if wish.rules is None else _hours(wish.rules, faults)
    overrides = _overrides(wish.overrides, faults)
    if faults:
        raise Invalid("These rules cannot be saved.", faults)
    return replace(event_type, hours=hours, overrides=overrides, zone=wish.timezone)


def _hours(rules: list[Rule], faults: dict[str, str]) -> Hours:
    if len(rules) > RULES_MAX:
        faults["rules"] = f"may be {RULES_MAX}, not {len(rules)}"
        return NEVER
    days: list[list[Stretch]] = [[] for _ in range(7)]
    for one in rules:
        stretch = Stretch(start_time=one.start_time, end_time=one.end_time)
        days[(one.day_of_week - 1) % 7].append(stretch)
    try:
        return Hours(tuple(_windows(day) for day in days))
    except ValueError as error:
        faults["rules"] = str(error)
        return NEVER


def _overrides(wish: list[Override], faults: dict[str, str]) -> tuple[DateOverride, ...]:
    if len(wish) > OVERRIDES_MAX or len({one.date for one in wish}) < len(wish):
        faults["overrides"] = f"may be {OVERRIDES_MAX}, each of another date"
        return ()
    try:
        return tuple(
            sorted((DateOverride(one.date, _windows(one.windows)) for one in wish), key=lambda one: one.day)
        )
    except ValueError as error:
        faults["overrides"] = str(error)
        return ()


def _windows(stretches: Iterable[Stretch]) -> tuple[Window, ...]:
    found = [Window(_minutes(one.start_time), _minutes(one.end_time)) for one in stretches]
    return tuple(sorted(found, key=lambda one: one.start_min))


def _minutes(clock: str) -> int:
    hours, minutes = clock.split(":")[:2]
    return int(hours) * 60 + int(minutes)


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}:00"
