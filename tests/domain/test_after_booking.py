"""Where a guest goes once they have booked, and what that address is told."""

from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

from server.domain.after_booking import leads_to
from tests.builders import booking, event_type, guest

KIND = replace(event_type(), redirect_url="https://example.org/thanks?from=daybook#top")
MADE = booking(attendees=[guest(name="Gus & Co", email="gus+1@example.net")])


def test_nobody_is_led_anywhere_unless_the_host_says_so() -> None:
    assert leads_to(event_type(), MADE) == ""


def test_the_address_is_told_what_was_booked_and_not_by_whom() -> None:
    parts = urlsplit(leads_to(KIND, MADE))
    assert (parts.netloc, parts.path, parts.fragment) == ("example.org", "/thanks", "top")
    assert parse_qs(parts.query) == {
        "from": ["daybook"],
        "booking": [MADE.id],
        "event_type": ["intro"],
        "start": ["2026-03-02T09:00:00Z"],
        "end": ["2026-03-02T09:30:00Z"],
        "status": ["confirmed"],
    }


def test_the_address_is_told_who_booked_where_the_host_asks_for_it() -> None:
    told = parse_qs(urlsplit(leads_to(replace(KIND, redirect_particulars=True), MADE)).query)
    assert (told["name"], told["email"]) == (["Gus & Co"], ["gus+1@example.net"])
