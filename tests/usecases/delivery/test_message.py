"""The message that leaves: its layout, its headers, and what people may type without bending either."""

from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from email.utils import getaddresses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from server.adapters.mail.stationery import TemplateStationery
from server.domain.booking import Actor, Booking
from server.domain.event_type import Location, LocationType
from server.domain.site import Site
from server.ports import Letter, MailError, MailKind, Words
from server.resources import templates_dir
from server.usecases.delivery.message import Message, compose
from tests.review import ADA, ALICE, REVIEW, moved

SITE = Site(name="Daybook", base_url="https://book.example", mail_address="daybook@book.example")
LINK = "https://book.example/b/review/manage/m_abc"
WORDS = Words("Confirmed", "plain\n", "<p>rich</p>")

CONFIRMED = Letter(
    kind=MailKind.CONFIRMED, booking=REVIEW, host=ALICE, attendee=ADA, actor=Actor.GUEST, link=LINK
)

texts = st.text(
    st.characters(exclude_categories=["Cs"])
    | st.sampled_from("\r\n\x00\x0b\x85\u2028\u2029\u202e\ufeff,;:<>@\"'()[]\\=?_"),
    max_size=300,
)
HOSTILE = [
    "Ada\r\nBcc: victim@example.com",
    "Ada\nBcc: victim@example.com",
    "Ada\rBcc: victim@example.com",
    "Ada\u2028Bcc: victim@example.com",
    "Ada\x00Bcc: victim@example.com",
    '"Ada" <victim@example.com>, Ö',
    "Ö, victim@example.com, Ö" * 8,
    "=?utf-8?q?Ada=0D=0ABcc=3A_victim=40example.com?=",
    "==??utf-8?b?QQ0KQmNjOiB2QHguZXhhbXBsZQ==?=",
    "=\x00?utf-8?b?QQ0KQmNjOiB2QHguZXhhbXBsZQ==?=",
    '<a href="https://evil.example">click</a>',
    "\u202eecila",
    "x" * 5000,
    "ж" * 5000,
]


def opened(message: Message) -> EmailMessage:
    found = message_from_bytes(message.content, policy=default)
    assert isinstance(found, EmailMessage)
    return found


def of(booking: Booking, *, host: bool = False, kind: MailKind = MailKind.CONFIRMED) -> Letter:
    return replace(CONFIRMED, booking=booking, attendee=None if host else booking.guest, kind=kind)


def addresses(message: EmailMessage, header: str) -> list[str]:
    return [address for _, address in getaddresses([str(value) for value in message.get_all(header, [])])]


def test_the_layout_is_the_one_that_mail_programs_understand() -> None:
    """S1.63, itip.md 2.1: mixed{alternative{plain, html, calendar}, ics}."""
    message = opened(compose(CONFIRMED, WORDS, SITE))
    types = [part.get_content_type() for part in message.walk()]
    assert types == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "text/calendar",
        "application/ics",
    ]


@pytest.mark.parametrize(
    ("kind", "method"),
    [
        (MailKind.CONFIRMED, "REQUEST"),
        (MailKind.RESCHEDULED, "REQUEST"),
        (MailKind.CANCELLED, "CANCEL"),
    ],
)
def test_the_method_is_the_same_in_the_type_and_in_the_object(kind: MailKind, method: str) -> None:
    """S1.42, S1.55, S1.58, RFC 6047 §2.4"""
    message = opened(compose(replace(CONFIRMED, kind=kind), WORDS, SITE))
    calendar, attachment = [
        part for part in message.walk() if "calendar" in part.get_content_type() or part.is_attachment()
    ]
    assert calendar.get_param("method") == method
    assert calendar.get_content_charset() == "utf-8"
    inner = calendar.get_payload(decode=True)
    assert isinstance(inner, bytes)
    assert inner == attachment.get_payload(decode=True)
    assert Calendar.from_ical(inner)["METHOD"] == method
    assert b"\n" not in inner.replace(b"\r\n", b"")


def test_the_host_gets_the_object_as_an_attachment_only() -> None:
    """C32: no answer buttons for the host."""
    message = opened(compose(of(REVIEW, host=True), WORDS, SITE))
    assert [part.get_content_type() for part in message.walk()][2:] == [
        "text/plain",
        "text/html",
        "application/ics",
    ]


def test_a_guest_who_replies_reaches_the_host() -> None:
    message = opened(compose(CONFIRMED, WORDS, SITE))
    assert str(message["From"]) == "Alice Example via Daybook <daybook@book.example>"
    assert str(message["Reply-To"]) == "Alice Example <alice@example.org>"
    assert str(message["To"]) == "Ada Lovelace <ada@example.com>"


def test_a_host_who_replies_reaches_the_guest() -> None:
    message = opened(compose(of(REVIEW, host=True), WORDS, SITE))
    assert addresses(message, "Reply-To") == ["ada@example.com"]
    assert addresses(message, "From") == ["daybook@book.example"]


def test_no_absence_note_answers() -> None:
    assert opened(compose(CONFIRMED, WORDS, SITE))["Auto-Submitted"] == "auto-generated"


def test_all_mails_of_a_booking_are_one_thread_and_each_has_its_own_id() -> None:
    first = opened(compose(CONFIRMED, WORDS, SITE))
    later = opened(compose(of(moved(REVIEW, 1), kind=MailKind.RESCHEDULED), WORDS, SITE))
    assert later["References"] == first["Message-ID"]
    assert later["Message-ID"] != first["Message-ID"]
    assert first["References"] is None


def test_a_repetition_is_the_same_to_the_byte() -> None:
    assert compose(CONFIRMED, WORDS, SITE) == compose(replace(CONFIRMED), WORDS, SITE)


def test_no_text_can_end_its_part() -> None:
    seen = compose(CONFIRMED, WORDS, SITE).content.decode()
    boundary = opened(compose(CONFIRMED, WORDS, SITE)).get_boundary()
    assert boundary is not None
    forged = replace(WORDS, text=f"a\n--{boundary}\nContent-Type: text/html\n\n<b>forged</b>\n")
    message = compose(CONFIRMED, forged, SITE)
    assert message.content.decode().count(f"--{boundary}") == seen.count(f"--{boundary}")
    body = opened(message).get_body(("plain",))
    assert body is not None
    assert body.get_content().splitlines() == forged.text.splitlines()


def test_an_address_outside_ascii_is_written_as_it_is() -> None:
    guest = replace(ADA, email="jörg@bücher.example")
    message = compose(of(replace(REVIEW, attendees=(guest,))), WORDS, SITE)
    assert message.recipient == "jörg@xn--bcher-kva.example"
    assert addresses(opened(message), "To") == ["jörg@xn--bcher-kva.example"]


ENCODED = "=?utf-8?q?a=0D=0ABcc=3A_victim=40example.com?="


def test_an_address_that_hides_a_header_gets_no_mail() -> None:
    guest = replace(ADA, email=f"{ENCODED}@example.com")
    with pytest.raises(MailError) as refused:
        compose(of(replace(REVIEW, attendees=(guest,))), WORDS, SITE)
    assert refused.value.permanent


def test_the_host_hears_of_a_guest_whose_address_hides_a_header() -> None:
    guest = replace(ADA, email=f"{ENCODED}@example.com")
    message = opened(compose(of(replace(REVIEW, attendees=(guest,)), host=True), WORDS, SITE))
    assert "Bcc" not in message
    assert addresses(message, "To") == ["alice@example.org"]


def hold(message: Message, *, host: bool) -> None:
    found = opened(message)
    usual = opened(compose(of(REVIEW, host=host), WORDS, SITE))
    assert found.keys() == usual.keys()
    for header in ("From", "To", "Reply-To"):
        assert addresses(found, header) == addresses(usual, header)
    assert [p.get_content_type() for p in found.walk()] == [p.get_content_type() for p in usual.walk()]
    assert all(len(line) <= 998 for line in message.content.split(b"\r\n"))
    assert b"\n" not in message.content.replace(b"\r\n", b"")


def bent(text: str) -> Booking:
    place = Location(type=LocationType.TEXT, value=text)
    return replace(
        REVIEW,
        title=text,
        notes=text,
        reason=text,
        description=text,
        location=place,
        attendees=(replace(ADA, name=text),),
    )


@pytest.mark.parametrize("host", [False, True], ids=["guest", "host"])
@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_no_hostile_text_makes_a_header_an_address_or_a_part(text: str, host: bool) -> None:
    """pitfalls 4.1: header injection."""
    letter = replace(of(bent(text), host=host), host=replace(ALICE, name=text))
    words = TemplateStationery(SITE, templates_dir()).write(letter)
    hold(compose(letter, words, SITE), host=host)


@settings(max_examples=120, deadline=None)
@given(texts, texts, st.booleans())
def test_no_text_at_all_makes_a_header_an_address_or_a_part(name: str, words: str, host: bool) -> None:
    booking = replace(bent(words), attendees=(replace(ADA, name=name),))
    letter = replace(of(booking, host=host), host=replace(ALICE, name=name))
    hold(compose(letter, Words(words, words, words), SITE), host=host)
