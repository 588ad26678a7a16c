"""Addresses that put a meeting into the calendars that live in a browser."""

from urllib.parse import urlencode

from server.domain.booking import Booking
from server.i18n.translator import Translator
from server.web.guest.particulars import Particulars
from server.web.guest.picker.model import Link

_BASIC = "%Y%m%dT%H%M%SZ"
_EXTENDED = "%Y-%m-%dT%H:%M:%SZ"


def calendar_links(booking: Booking, offer: Particulars, reader: Translator) -> tuple[Link, ...]:
    """Return the four common ones. They carry no manage link: calendars are shared more freely than mail."""
    title = reader.text("%(title)s with %(host)s", title=offer.title, host=offer.host)
    place = offer.place.value if offer.place else ""
    google = {
        "action": "TEMPLATE",
        "text": title,
        "dates": f"{booking.start.strftime(_BASIC)}/{booking.end.strftime(_BASIC)}",
        "details": booking.description,
        "location": place,
    }
    outlook = {
        "path": "/calendar/action/compose",
        "rru": "addevent",
        "subject": title,
        "startdt": booking.start.strftime(_EXTENDED),
        "enddt": booking.end.strftime(_EXTENDED),
        "body": booking.description,
        "location": place,
    }
    yahoo = {
        "v": "60",
        "title": title,
        "st": booking.start.strftime(_BASIC),
        "et": booking.end.strftime(_BASIC),
        "desc": booking.description,
        "in_loc": place,
    }
    compose = "/calendar/0/deeplink/compose"
    return (
        _link("https://calendar.google.com/calendar/render", google, "Google"),
        _link(f"https://outlook.live.com{compose}", outlook, "Outlook"),
        _link(f"https://outlook.office.com{compose}", outlook, "Office 365"),
        _link("https://calendar.yahoo.com/", yahoo, "Yahoo"),
    )


def _link(address: str, query: dict[str, str], name: str) -> Link:
    return Link(f"{address}?{urlencode({key: value for key, value in query.items() if value})}", name)
