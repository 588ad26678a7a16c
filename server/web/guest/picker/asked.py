"""What a picker is built from, and the questions it asks of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from zoneinfo import ZoneInfo

from server.domain.booking import Booking
from server.domain.event_type import EventType
from server.domain.host import Host
from server.domain.intervals import Span
from server.domain.seats import Spots
from server.i18n.translator import Translator
from server.ports import Ports
from server.usecases.booking import offer, seating
from server.web.guest.picker import days
from server.web.guest.picker.choice import Choice


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A request for a picker. `path` is the page it is on, `target` the page that a start leads to.

    `chosen` is the one whom the guest wants to meet, where `host` is a team.
    `without` moves; where its own fellows stand in its way, `is_clear` tells of each start (epoch seconds) whether they do.
    """

    ports: Ports
    host: Host
    event_type: EventType
    choice: Choice
    reader: Translator
    now: int
    path: str
    target: str
    chosen: Host | None = None
    without: Booking | None = None
    is_clear: Callable[[int], bool] = lambda _: True

    @cached_property
    def zone(self) -> ZoneInfo:
        """Return the guest's zone."""
        return ZoneInfo(self.choice.zone)

    @property
    def met(self) -> Host:
        """Return whose absences there are to tell of."""
        return self.chosen or self.host

    @cached_property
    def host_zone(self) -> ZoneInfo:
        """Return the zone in which the host offers times."""
        return ZoneInfo(self.event_type.zone_name(self.host))

    @cached_property
    def today(self) -> date:
        """Return the guest's date."""
        return days.local_date(self.now, self.zone)

    @cached_property
    def last_day(self) -> date:
        """Return the last date on which anything can be booked."""
        return days.local_date(self.event_type.rules(self.now).latest, self.zone)

    @cached_property
    def spots(self) -> Mapping[int, Spots]:
        """Return what somebody finds at each start where a meeting by seats stands."""
        rules = self.event_type.rules(self.now)
        span = (rules.earliest, rules.latest)
        return seating.spots(self.ports, self.host, self.event_type, span, self.now)

    def starts(self, first: date, last: date) -> list[int]:
        """Return the starts to show from one date to another; a booking that moves has its own among them (S1.34)."""
        span = days.instants(first, last, self.zone)
        found = self._offered(span)
        own = self.without.span[0] if self.without else self.now
        if span[0] <= own < span[1] and own > self.now and own not in found:
            return sorted([*found, own])
        return found

    def first_free(self, after: int) -> int | None:
        """Return the first bookable start from an instant on."""
        end = self.event_type.rules(self.now).latest
        while after < end:
            span = (after, after + offer.SEARCH_DAYS * offer.DAY_S)
            found = self._offered(span)
            if found:
                return found[0]
            after = span[1]
        return None

    def _offered(self, span: Span) -> list[int]:
        # Who moves a seat leaves the meeting where it is, and does not wait for a seat elsewhere.
        seat = self.without is not None and self.without.is_seated
        without = None if seat else self.without
        found = offer.offer(
            self.ports, self.host, self.event_type, span, self.now, without=without, waits=not seat
        )
        return found if self.without is None else list(filter(self.is_clear, found))

    def to(self, day: date | None) -> str:
        """Return the address of this picker at another day."""
        return self.path + self.choice.on(day).query()
