"""A booking counts as the host's own in clients that ask the server who the host is, as Apple's and DAVx⁵ do.

They compare the ORGANIZER with `calendar-user-address-set` (RFC 6638 §2.4.1); where it is not in it, the host is a mere guest
and may not move the meeting. The requests have the shape in which these clients send them.
"""

import urllib.request
from base64 import b64encode
from dataclasses import dataclass
from datetime import datetime
from xml.etree.ElementTree import Element, fromstring

import pytest

from tests.interop.test_caldav import book, calendar_of, event_at
from tests.system.running import PATIENCE_S, Running

pytestmark = [pytest.mark.interop, pytest.mark.slow]

CALDAV = "{urn:ietf:params:xml:ns:caldav}"
WHO_AM_I = '<?xml version="1.0" encoding="UTF-8"?><A:propfind xmlns:A="DAV:"><A:prop><A:current-user-principal/></A:prop></A:propfind>'
APPLE = """\
<?xml version="1.0" encoding="UTF-8"?>
<A:propfind xmlns:A="DAV:">
  <A:prop>
    <B:calendar-home-set xmlns:B="urn:ietf:params:xml:ns:caldav"/>
    <B:calendar-user-address-set xmlns:B="urn:ietf:params:xml:ns:caldav"/>
    <A:current-user-principal/>
    <A:displayname/>
    <C:dropbox-home-URL xmlns:C="http://calendarserver.org/ns/"/>
    <C:email-address-set xmlns:C="http://calendarserver.org/ns/"/>
    <C:notification-URL xmlns:C="http://calendarserver.org/ns/"/>
    <A:principal-collection-set/>
    <A:principal-URL/>
    <A:resource-id/>
    <B:schedule-inbox-URL xmlns:B="urn:ietf:params:xml:ns:caldav"/>
    <B:schedule-outbox-URL xmlns:B="urn:ietf:params:xml:ns:caldav"/>
    <A:supported-report-set/>
  </A:prop>
</A:propfind>
"""
DAVX5 = (
    "<?xml version='1.0' encoding='UTF-8' ?>"
    '<propfind xmlns="DAV:" xmlns:CAL="urn:ietf:params:xml:ns:caldav" xmlns:CARD="urn:ietf:params:xml:ns:carddav">'
    "<prop><CAL:calendar-user-address-set /></prop></propfind>"
)


@dataclass(frozen=True, slots=True)
class Client:
    """How a client introduces itself and asks for the addresses."""

    user_agent: str
    question: str


CLIENTS = [
    pytest.param(Client("macOS/14.6 (23G80) dataaccessd/1.0", APPLE), id="macOS"),
    pytest.param(Client("iOS/17.6 (21G80) dataaccessd/1.0", APPLE), id="iOS"),
    pytest.param(Client("DAVx5/4.4.3-ose (dav4jvm; okhttp/4.12.0) Android/14", DAVX5), id="DAVx5"),
]


@pytest.mark.parametrize("client", CLIENTS)
def test_a_booking_counts_as_the_hosts_own(running: Running, client: Client) -> None:
    """However the address was written when the host was added, and whichever others the host has."""
    running.daybook(
        "host", "set", "demo", "--email", "Demo.Host@Example.org", "--other-address", "d@work.example"
    )
    _, start = book(running)
    found = addresses(running, client)
    # Android knows one address of an account only, which DAVx⁵ takes from the first.
    assert [one.lower() for one in found][:1] == [organizer_at(running, start).lower()]
    assert "mailto:d@work.example" in found


@pytest.mark.parametrize("client", CLIENTS)
def test_a_booking_stays_the_hosts_own_when_their_address_changes(running: Running, client: Client) -> None:
    _, start = book(running)
    before = organizer_at(running, start)
    running.daybook("host", "set", "demo", "--email", "new@example.org")
    found = addresses(running, client)
    assert found[0] == "mailto:new@example.org"
    assert before.lower() in [one.lower() for one in found]


@pytest.mark.parametrize("client", CLIENTS)
def test_a_host_is_told_the_own_addresses_only(running: Running, client: Client) -> None:
    words = ("--email", "mara@example.org", "--zone", "Europe/Berlin")
    running.daybook("host", "add", "mara", *words)
    assert "mailto:mara@example.org" not in addresses(running, client)


def addresses(running: Running, client: Client) -> list[str]:
    """Find the principal as the client does, and return the mail addresses that it is told there."""
    (principal,) = propfind(running, "/dav/", WHO_AM_I, client).findall(
        ".//{DAV:}current-user-principal/{DAV:}href"
    )
    answer = propfind(running, principal.text or "", client.question, client)
    hrefs = answer.findall(f".//{CALDAV}calendar-user-address-set/{{DAV:}}href")
    return [href.text for href in hrefs if href.text and href.text.startswith("mailto:")]


def organizer_at(running: Running, start: datetime) -> str:
    """Return the ORGANIZER of the booking that the server has at a time."""
    with calendar_of(running) as calendar:
        return str(event_at(calendar, start).icalendar_component["ORGANIZER"])


def propfind(running: Running, path: str, body: str, client: Client) -> Element:
    """Return the answer to a PROPFIND of depth 0."""
    headers = {
        "Authorization": f"Basic {b64encode(b'demo:demo').decode()}",
        "Content-Type": "application/xml; charset=utf-8",
        "Depth": "0",
        "User-Agent": client.user_agent,
    }
    asked = urllib.request.Request(running.url + path, body.encode(), headers, method="PROPFIND")
    with urllib.request.urlopen(asked, timeout=PATIENCE_S) as answer:
        assert answer.status == 207
        return fromstring(answer.read())
