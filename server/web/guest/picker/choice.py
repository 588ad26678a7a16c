"""What a guest has chosen to see: view, day, zone and clock, as the address of the page says it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import urlencode

from server.domain.event_type import EventType, View
from server.domain.host import Host
from server.i18n.translator import Translator
from server.web.reading.wording import counts_to_twelve
from server.web.reading.zones import canonical


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A readable query. What was not said is None or filled from the event type, and then left out of addresses.

    `host` is whom the guest chose, of a team that leaves it to them. `carried` is what a link fills into the form: no concern
    of the picker, and brought there by every slot.
    """

    view: View
    day: date | None
    zone: str
    twelve: bool
    view_said: bool
    zone_said: bool
    twelve_said: bool
    zone_unknown: bool = False
    duration_min: int
    duration_said: bool
    host: str = ""
    carried: tuple[tuple[str, str], ...] = ()

    def query(self, **more: str) -> str:
        """Return what carries this choice to the next page, as a query string with its question mark; may be empty."""
        said = {
            "host": self.host,
            "view": self.view.value if self.view_said else "",
            "date": self.day.isoformat() if self.day else "",
            "tz": self.zone if self.zone_said else "",
            "hour": ("12" if self.twelve else "24") if self.twelve_said else "",
            "duration": str(self.duration_min) if self.duration_said else "",
        }
        pairs = [(name, value) for name, value in {**said, **more}.items() if value]
        text = urlencode([*pairs, *self.carried], safe="/:")
        return f"?{text}" if text else ""

    def with_view(self, view: View) -> "Choice":
        """Return the same choice in another view."""
        return replace(self, view=view, view_said=True)

    def lasting(self, minutes: int) -> "Choice":
        """Return the same choice for another duration."""
        return replace(self, duration_min=minutes, duration_said=True)

    def on(self, day: date | None) -> "Choice":
        """Return the same choice at another day."""
        return replace(self, day=day)

    def with_twelve(self, twelve: bool) -> "Choice":
        """Return the same choice by another clock."""
        return replace(self, twelve=twelve, twelve_said=True)


def read_choice(query: Mapping[str, str], event_type: EventType, host: Host, reader: Translator) -> Choice:
    """Return the choice that a query spells; what it gets wrong is as if it had not been said."""
    view = _view(query.get("view", ""))
    clock = query.get("hour", "")
    said, zone = query.get("tz", ""), None
    minutes = _duration(query.get("duration", ""), event_type)
    if event_type.zone_locked:
        said = ""
    if said:
        zone = canonical(said)
    return Choice(
        view=view or event_type.view,
        day=_day(query.get("date", "")),
        zone=zone or event_type.zone_name(host),
        twelve=clock == "12" if clock in {"12", "24"} else counts_to_twelve(reader),
        view_said=view is not None,
        zone_said=zone is not None,
        twelve_said=clock in {"12", "24"},
        zone_unknown=bool(said) and zone is None,
        duration_min=minutes or event_type.duration_min,
        duration_said=minutes is not None,
    )


def _view(text: str) -> View | None:
    try:
        return View(text)
    except ValueError:
        return None


def _duration(text: str, event_type: EventType) -> int | None:
    offered = {str(minutes): minutes for minutes in event_type.duration_options}
    return offered.get(text)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
