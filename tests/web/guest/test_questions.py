"""What a host asks beside name and address: on the form, on the pages after it, and in links that fill the form in."""

import html
import re
from dataclasses import replace
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from server.domain.event_type import Location, LocationType
from server.domain.questions import TICK
from server.ical import vevent
from server.ports import Ports
from tests.builders import calendar
from tests.domain.test_choices import MIXED
from tests.domain.test_questions import ALL, HOW, MORE, TOPIC
from tests.web.guest.conftest import Guest, Page

FORM = "/u/alice/intro/book"
AT_TEN = f"{FORM}?start=2026-03-02T09:00Z&tz=Europe/Berlin"
GOOD = {
    "q_topic": "About <bridges>",
    "q_more": "One.\nTwo.",
    "q_level": "Old hand",
    "q_how": "No",
    "q_terms": "yes",
    "q_count": "3",
    "q_phone": "+49 30 1234567",
    "q_site": "https://example.org/",
}


@pytest.fixture
async def ports(ports: Ports) -> Ports:
    """Return ports where `intro` asks a question of every type and `review` where to meet."""
    intro, review = (ports.homes.event_type("alice", slug) for slug in ("intro", "review"))
    assert intro is not None
    assert review is not None
    await ports.homes.save_event_type(replace(intro, questions=ALL))
    await ports.homes.save_event_type(
        replace(review, location=MIXED.location, location_options=MIXED.location_options)
    )
    return ports


async def _send(guest: Guest, path: str, **typed: str) -> Page:
    """Send the form as a browser does: what is not chosen is not sent."""
    form = await guest.open(path)
    kept = {name: text for name, text in form.fields.items() if not name.startswith(("q_", "place"))}
    answers = {"name": "Gus Guest", "email": "gus@example.net", "notes": ""}
    return await guest.send(path.partition("?")[0], kept | answers | typed)


def _chosen(page: Page) -> set[str]:
    return {
        html.unescape(value)
        for value in re.findall(
            r'<(?:input|option)[^>]*? value="([^"]*)"[^>]*? (?:checked|selected)', page.text
        )
    }


async def test_the_form_asks_every_type_of_question(guest: Guest) -> None:
    text = (await guest.open(AT_TEN)).text
    for part in (
        '<input id="q_topic" name="q_topic" type="text" value="" maxlength="500" required>',
        '<textarea id="q_more" name="q_more" rows="3" maxlength="2000"></textarea>',
        '<select id="q_level" name="q_level">',
        '<input type="checkbox" name="q_days" value="Tue" id="q_days-1">',
        '<input type="radio" name="q_how" value="Yes" id="q_how" required>',
        '<input type="checkbox" name="q_terms" value="yes" id="q_terms" required>',
        'type="text" value="" maxlength="32" inputmode="decimal"',
        'type="tel" value="" maxlength="40" autocomplete="tel"',
        'type="url" value="" maxlength="500"',
    ):
        assert part in text


async def test_answers_are_booked_and_shown_to_the_guest(guest: Guest, ports: Ports) -> None:
    page = await _send(guest, AT_TEN, **GOOD)
    assert page.path.endswith("/booked"), page.words
    for words in ("What is it about? About <bridges>", "One. Two.", f"I have read the terms {TICK}"):
        assert words in page.words
    (stored,) = await ports.calendars.all(calendar())
    booking = vevent.read(stored.text, calendar())
    assert booking is not None
    assert [answer.id for answer in booking.answers] == [name.removeprefix("q_") for name in GOOD]


async def test_an_answer_stays_readable_when_its_question_changes(guest: Guest, ports: Ports) -> None:
    page = await _send(guest, AT_TEN, **GOOD)
    intro = ports.homes.event_type("alice", "intro")
    assert intro is not None
    await ports.homes.save_event_type(replace(intro, questions=(replace(HOW, id="level", label="Else"),)))
    page = await guest.open(page.path)
    assert "Level Old hand" in page.words


async def test_what_is_wrong_is_said_at_the_question_and_what_was_chosen_stays(
    guest: Guest, ports: Ports
) -> None:
    page = await _send(guest, AT_TEN, **{**GOOD, "q_phone": "none", "q_terms": "", "q_topic": ""})
    assert page.status == 422
    for name in ("q_phone", "q_terms", "q_topic"):
        assert f'<a href="#{name}">' in page.text
        assert f'id="{name}-wrong">' in page.text
    assert page.text.count('aria-invalid="true"') == 3
    assert {"Old hand", "No"} <= _chosen(page)
    assert page.fields["q_phone"] == "none"
    assert "One.\nTwo.</textarea>" in page.text
    assert await ports.calendars.all(calendar()) == []


async def test_several_options_can_be_chosen(guest: Guest, ports: Ports) -> None:
    form = await guest.open(AT_TEN)
    kept = {name: text for name, text in form.fields.items() if not name.startswith("q_")}
    sent = {**kept, "name": "Gus", "email": "gus@example.net", **GOOD}
    body = urlencode([*sent.items(), ("q_days", "Wed"), ("q_days", "Mon")])
    answer = await guest.client.post(
        FORM, data=body, headers={"Content-Type": "application/x-www-form-urlencoded"}
    )
    assert "Mon, Wed" in await answer.text()


async def test_a_link_fills_the_form_in_and_sends_nothing(guest: Guest, ports: Ports) -> None:
    filled = {
        "name": "Gus Guest",
        "email": "gus@example.net",
        "notes": "About\nthe bridge.",
        "q_topic": "Bridges",
        "q_level": "New",
        "q_terms": "yes",
        "q_unknown": "x",
        "ticket": "mine",
    }
    page = await guest.open(f"{AT_TEN}&{urlencode(filled)}&q_days=Mon&q_days=Tue")
    assert page.status == 200
    assert (page.fields["name"], page.fields["email"]) == ("Gus Guest", "gus@example.net")
    assert page.fields["q_topic"] == "Bridges"
    assert page.fields["ticket"] != "mine"
    assert "About\nthe bridge.</textarea>" in page.text
    assert {"New", "Mon", "Tue", "yes"} <= _chosen(page)
    assert "q_unknown" not in page.text
    assert await ports.calendars.all(calendar()) == []


async def test_a_link_fills_in_no_more_than_could_be_typed(guest: Guest) -> None:
    page = await guest.open(f"{AT_TEN}&name={'x' * 300}&q_topic={'y' * 600}&email={'z' * 300}")
    assert [len(page.fields[name]) for name in ("name", "q_topic", "email")] == [255, 500, 254]


async def test_what_a_link_fills_in_comes_along_from_the_booking_page(guest: Guest) -> None:
    page = await guest.open("/u/alice/intro?tz=Europe/Berlin&name=Gus+Guest&q_topic=A%26B&more=x")
    for link in (page.slots[0], next(found for found in page.links if "view=month" in found)):
        query = dict(parse_qsl(urlsplit(link).query))
        assert (query["name"], query["q_topic"], "more" in query) == ("Gus Guest", "A&B", False)
    form = await guest.open(page.slots[0])
    assert (form.fields["name"], form.fields["q_topic"]) == ("Gus Guest", "A&B")
    too_much = await guest.open(f"/u/alice/intro?tz=Europe/Berlin&name=Gus&notes={'x' * 2_000}")
    assert "notes=" not in too_much.slots[0]
    assert "name=Gus" in too_much.slots[0]


async def test_the_guest_chooses_where_to_meet(guest: Guest, ports: Ports) -> None:
    path = "/u/alice/review/book?start=2026-03-02T09:00Z&tz=Europe/Berlin"
    form = await guest.open(path)
    assert "How shall we meet?" in form.words
    assert "In person: Room 5" in form.words
    page = await _send(guest, path)
    assert page.status == 422
    assert '<a href="#place">' in page.text
    page = await _send(guest, path, place="guest_phone", place_guest_phone="call me")
    assert page.status == 422
    assert '<a href="#place_guest_phone">' in page.text
    assert "guest_phone" in _chosen(page)
    page = await _send(guest, path, place="guest_phone", place_guest_phone="+49 30 1234567")
    assert "Phone call to your number: +49 30 1234567" in page.words
    (stored,) = await ports.calendars.all(calendar())
    assert "LOCATION:+49 30 1234567" in stored.text


async def test_the_only_place_is_asked_for_without_a_choice(guest: Guest, ports: Ports) -> None:
    intro = ports.homes.event_type("alice", "intro")
    assert intro is not None
    place = Location(type=LocationType.GUEST_PLACE)
    await ports.homes.save_event_type(replace(intro, questions=(TOPIC, MORE), location=place))
    page = await _send(guest, AT_TEN, q_topic="x")
    assert page.status == 422
    assert '<a href="#place_guest_place">' in page.text
    page = await _send(guest, AT_TEN, q_topic="x", place_guest_place="https://cafe.example")
    assert "Place of your choice: https://cafe.example" in page.words
    assert 'href="https://cafe.example"' not in page.text
