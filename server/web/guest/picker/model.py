"""What the picker's templates are given: words and addresses, ready to be put in place."""

from dataclasses import dataclass

from server.web.guest.absence import Absence
from server.web.reading.zones import ZoneOption


@dataclass(frozen=True, slots=True)
class Slot:
    """A start to choose. `there` is the host's clock where it differs; `name` is the whole for a screen reader; a break came
    before it when the start before is further away than the step. `spots` says how many seats are left.
    """

    href: str
    label: str
    there: str
    name: str
    is_own: bool
    is_after_break: bool
    spots: str = ""


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the week or list view. `count` says in words how often it is free, `why` why it is not, if that is known."""

    iso: str
    heading: str
    weekday: str
    number: str
    month: str
    count: str
    why: str
    slots: tuple[Slot, ...]
    is_today: bool
    is_past: bool


@dataclass(frozen=True, slots=True)
class Cell:
    """A day of the month view; only days with free times have an address. A `number` of "" is a day of another month."""

    number: str
    name: str
    href: str
    is_today: bool
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Link:
    """An address with its words; `key` names it among its like."""

    href: str
    label: str
    key: str = ""
    is_current: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Picker:
    """The picker as it is shown. `hidden` is what a form must carry besides what it asks for."""

    view: str
    period: str
    summary: str
    earlier: str
    later: str
    views: tuple[Link, ...]
    clocks: tuple[Link, ...]
    durations: tuple[Link, ...]
    days: tuple[Day, ...] = ()
    weekdays: tuple[tuple[str, str], ...] = ()
    weeks: tuple[tuple[Cell, ...], ...] = ()
    notes: tuple[str, ...]
    absences: tuple[Absence, ...]
    nothing: str
    next_free: Link | None
    zone: str
    zone_label: str
    zone_locked: bool
    zones: tuple[ZoneOption, ...]
    host_clock: str
    action: str
    hidden: tuple[tuple[str, str], ...]
    wants_zone: bool
