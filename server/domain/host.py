"""A host: somebody whose time can be booked, as the profile in the home tells it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from server.domain.app_passwords import NamedPassword
from server.domain.attendees import NAME_MAX, has_controls, is_address
from server.domain.away import Away
from server.domain.away import fault as fault_of_away
from server.domain.guards import fault as fault_of_blocked
from server.domain.hours import DateOverride, Hours, parse_hours
from server.domain.identity import DEFAULT_CALENDAR, Home, is_home
from server.domain.zones import is_zone

ABOUT_MAX = 2000
REASON_MAX = 100

OFFICE_HOURS = parse_hours("mon-fri 09:00-17:00")


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """A host's profile. `blocking` names calendars of the home whose events make the host busy; `None`: all.

    `blocked` are the mail addresses that may not book (`guards`).
    `dav_password` tells whether the account's password opens the calendars, beside the app passwords.
    """

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
    away: tuple[Away, ...] = ()
    blocking: tuple[str, ...] | None = None
    receiving: str = DEFAULT_CALENDAR
    attendees_in_calendar: bool = True
    freebusy_public: bool = True
    groups_allowed: bool = True
    dav_password: bool = True
    blocked: tuple[str, ...] = ()
    app_passwords: tuple[NamedPassword, ...] = ()
    disabled: bool = False
    revision: int = 0

    @property
    def addresses(self) -> tuple[str, ...]:
        """Return every mail address that is this host's, the main one first."""
        return (self.email, *self.other_addresses)


def readdressed(host: Host, email: str) -> Host:
    """Return the host with another main address; the former stays theirs, as it organizes what was booked under it."""
    if not host.email:
        return replace(host, email=email)
    kept = (*host.other_addresses, host.email)
    return replace(
        host,
        email=email,
        other_addresses=tuple(one for one in kept if one.casefold() != email.casefold()),
    )


def faults(host: Host) -> Mapping[str, str]:
    """Return what is wrong with a profile, field by field; empty when all is well."""
    found: dict[str, str] = {}
    if not is_home(host.home):
        found["home"] = (
            "may hold 2 to 39 of a-z, 0-9 and hyphens, starts with a letter or digit, and is no reserved word"
        )
    if not 1 <= len(host.name.strip()) <= NAME_MAX or has_controls(host.name):
        found["name"] = f"must be 1 to {NAME_MAX} characters on one line"
    for address in host.addresses:
        if not is_address(address):
            found["email"] = f"must be a mail address like name@example.org, not “{address}”"
    if not is_zone(host.zone):
        found["zone"] = f"must be an IANA time zone like Europe/Berlin, not “{host.zone}”"
    if len(host.about) > ABOUT_MAX or has_controls(host.about, besides="\n\t"):
        found["about"] = f"may have {ABOUT_MAX} characters, none of them control characters"
    if any(len(one.reason) > REASON_MAX or has_controls(one.reason) for one in host.overrides):
        found["overrides"] = f"may have reasons of {REASON_MAX} characters on one line"
    parts = {"blocked": fault_of_blocked(host.blocked), "away": fault_of_away(host.away, host.home)}
    return found | {name: wrong for name, wrong in parts.items() if wrong is not None}
