"""What a picker is built from, and the questions it asks of it."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from zoneinfo import ZoneInfo

from server.domain.booking import Booking
from server.domain.event_type import EventType
from server.domain.host import Host
from server.i18n.translator import Translator
from server.ports import Ports
from server.usecases.booking import offer
from server.web.guest.picker import days
from server.web.guest.picker.choice import Choice


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A request for a picker. `path` is the page it is on, `target` the page that a start leads to."""

    ports: Ports
    host: Host
    event_type: EventType
    choice: Choice
    reader: Translator
    now: int
    path: str
    target: str
    without: Booking | None = None

    @cached_property
    def zone(self) -> ZoneInfo:
        """Return the guest's zone."""
        return ZoneInfo(self.choice.zone)

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

    def starts(self, first: date, last: date) -> list[int]:
        """Return the starts to show from one date to another; a booking that moves has its own among them (S1.34)."""
        span = days.instants(first, last, self.zone)
        found = offer.offer(self.ports, self.host, self.event_type, span, self.now, without=self.without)
        own = self.without.span[0] if self.without else self.now
        if span[0] <= own < span[1] and own > self.now and own not in found:
            return sorted([*found, own])
        return found

    def first_free(self, after: int) -> int | None:
        """Return the first bookable start from an instant on."""
        end = self.event_type.rules(self.now).latest
        while after < end:
            span = (after, after + offer.SEARCH_DAYS * offer.DAY_S)
            found = offer.offer(self.ports, self.host, self.event_type, span, self.now, without=self.without)
            if found:
                return found[0]
            after = span[1]
        return None

    def to(self, day: date | None) -> str:
        """Return the address of this picker at another day."""
        return self.path + self.choice.on(day).query()
