"""A host: somebody whose time can be booked, as the profile in the home tells it."""

from dataclasses import dataclass

from server.domain.hours import DateOverride, Hours, parse_hours
from server.domain.identity import DEFAULT_CALENDAR, Home

OFFICE_HOURS = parse_hours("mon-fri 09:00-17:00")


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """A host's profile. `blocking` names calendars of the home whose events make the host busy; `None`: all."""

    home: Home
    number: int
    name: str
    email: str
    other_addresses: tuple[str, ...] = ()
    zone: str = "UTC"
    language: str = "en"
    about: str = ""
    hours: Hours = OFFICE_HOURS
    overrides: tuple[DateOverride, ...] = ()
    blocking: tuple[str, ...] | None = None
    receiving: str = DEFAULT_CALENDAR
    attendees_in_calendar: bool = True
    freebusy_public: bool = True
    disabled: bool = False
    revision: int = 0

    @property
    def addresses(self) -> tuple[str, ...]:
        """Return every mail address that is this host's, the main one first."""
        return (self.email, *self.other_addresses)
