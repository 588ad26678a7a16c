"""What operators say of questions, durations, places and rooms."""

import base64

import pytest

from server.adapters.memory import memory_ports
from server.control import bookings, event_types
from server.control.answers import Done, Refused, answer
from server.control.choices import question_lines
from server.control.commands import Request
from server.control.event_type_view import EventTypeView
from server.control.views import AnswerView, BookingDetails, BookingView
from server.domain.event_type import Location, LocationType
from server.domain.questions import Question, QuestionType
from server.domain.rooms import secret
from server.ports import Ports
from tests.builders import NOW, host, settle_in
from tests.control.test_commands import book, refused, told


@pytest.fixture
async def ports() -> Ports:
    """Return ports with the host alice."""
    made = memory_ports(NOW)
    await settle_in(made, host())
    return made


async def edited(ports: Ports, **changes: object) -> EventTypeView:
    return await told(ports, request(**changes), EventTypeView)


def request(**changes: object) -> event_types.EditEventType:
    return event_types.EditEventType(home="alice", slug="intro", **changes)  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
async def intro(ports: Ports) -> EventTypeView:
    """Return the event type `intro`, just created."""
    return await told(ports, event_types.CreateEventType(home="alice", slug="intro"), EventTypeView)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("text: Why?", Question(id="why", label="Why?")),
        (
            "phone!: Your  phone number",
            Question(
                id="your_phone_number", label="Your phone number", type=QuestionType.PHONE, required=True
            ),
        ),
        (
            "select/level!: How far? (a = b) = Starting | Well on",
            Question(
                id="level",
                label="How far? (a = b)",
                type=QuestionType.SELECT,
                required=True,
                options=("Starting", "Well on"),
            ),
        ),
        ("text: 1 + 1 = ?", Question(id="question", label="1 + 1 = ?")),
        ("textarea: Über dich", Question(id="ber_dich", label="Über dich", type=QuestionType.TEXTAREA)),
    ],
)
def test_a_line_spells_a_question(line: str, expected: Question) -> None:
    assert question_lines([line]) == (expected,)


def test_questions_with_the_same_words_get_ids_that_differ() -> None:
    found = question_lines(
        ["text: Why?", "text: Why", "textarea: why!", "text: " + "x" * 50, "text: " + "x" * 60]
    )
    ids = [question.id for question in found]
    assert ids == ["why", "why_2", "why_3", "x" * 32, "x" * 29 + "_2"]


@pytest.mark.parametrize("line", ["", "Why?", "essay: Why?", "text/Why: Why?", "text?: Why"])
async def test_a_line_that_spells_none_is_refused_with_how_to_write_one(ports: Ports, line: str) -> None:
    found = await refused(ports, request(question_lines=[line]))
    assert "text!: What is it about?" in found.fields["questions"]


async def test_questions_come_in_as_lines_and_go_out_as_they_are_read_again(ports: Ports) -> None:
    view = await edited(ports, question_lines=["text!: Why?", "radio: Sure? = Yes | No"])
    assert view.questions == [
        Question(id="why", label="Why?", required=True),
        Question(id="sure", label="Sure?", type=QuestionType.RADIO, options=("Yes", "No")),
    ]
    again = await edited(ports, questions=list(reversed(view.questions)))
    assert again.questions == list(reversed(view.questions))
    assert (await edited(ports, title="Else")).questions == again.questions
    assert (await edited(ports, question_lines=["none"])).questions == []


async def test_durations_are_replaced_and_taken_away(ports: Ports) -> None:
    assert (await edited(ports, duration_options=[15, 30])).duration_options == [15, 30]
    assert (await refused(ports, request(duration_options=[15]))).fields.keys() == {"duration_options"}
    assert (await edited(ports, duration_options=[0])).duration_options == []


async def test_places_are_asked_of_the_guest_or_offered(ports: Ports) -> None:
    view = await edited(ports, location="ask phone")
    assert (view.location_type, view.location) == ("guest_phone", "ask phone")
    view = await edited(
        ports, location="in person: Room 5", location_options=["ask place", "phone: +49 30 1"]
    )
    assert view.location_options == ["ask place", "phone: +49 30 1"]
    kind = ports.homes.event_type("alice", "intro")
    assert kind is not None
    assert kind.location_options[0] == Location(type=LocationType.GUEST_PLACE)
    view = await edited(ports, location="none", location_options=["none"])
    assert (view.location_type, view.location, view.location_options) == ("none", "", [])


async def test_a_template_makes_the_room_the_place(ports: Ports) -> None:
    view = await edited(ports, room_template="https://meet.jit.si/{room}")
    assert (view.room_template, view.location_type, view.room_secret) == (
        "https://meet.jit.si/{room}",
        "room",
        None,
    )
    view = await edited(ports, location="in person: Room 5", location_options=["room"])
    assert (view.room_template, view.location_options) == ("https://meet.jit.si/{room}", ["room"])
    view = await edited(ports, room_template="none")
    assert (view.room_template, view.location, view.location_options) == ("", "Room 5", [])
    assert (await refused(ports, request(room_template="https://meet.jit.si/"))).fields.keys() == {"room"}


async def test_the_secret_of_a_webhook_is_shown_once_and_renewed_each_time(
    ports: Ports, intro: EventTypeView
) -> None:
    first = await edited(ports, room_webhook="https://rooms.example/new")
    assert first.room_secret is not None
    kind = ports.homes.event_type("alice", "intro")
    assert kind is not None
    assert kind.room is not None
    key = secret(ports.secret_key, kind.id, kind.room.generation)
    assert first.room_secret == "whsec_" + base64.b64encode(key).decode()
    assert (await edited(ports, title="Else")).room_secret is None
    assert (await told(ports, event_types.ShowEventType("alice", "intro"), EventTypeView)).room_secret is None
    second = await edited(ports, room_webhook="https://rooms.example/new")
    assert second.room_secret not in {None, first.room_secret}


async def test_what_comes_after_booking_is_said_and_unsaid(ports: Ports) -> None:
    view = await edited(
        ports, redirect_url="https://example.org/thanks", redirect_particulars=True, thanks="Hi!"
    )
    assert (view.redirect_url, view.redirect_particulars, view.thanks) == (
        "https://example.org/thanks",
        True,
        "Hi!",
    )
    view = await edited(ports, redirect_url="none", thanks="none")
    assert (view.redirect_url, view.thanks) == ("", "")


async def test_a_request_reads_back_from_the_wire(ports: Ports) -> None:
    asked: Request = request(questions=[Question(id="why", label="Why?")])
    assert isinstance(await answer(ports, asked), Done)
    assert isinstance(await answer(ports, request(questions=[Question(id="Why", label="")])), Refused)


async def test_a_host_books_with_answers_a_place_and_a_duration(ports: Ports) -> None:
    await edited(
        ports, question_lines=["text!: Why?", "multi_select: Days = Mon | Tue"], location="ask phone"
    )
    await edited(ports, duration_options=[30, 60], notice_min=0)
    asked = book(
        duration_min=60,
        place_value="+49 30 1234567",
        answers=["why=Bridges", "days=Tue", "days=Mon"],
        anyway=True,
    )
    made = await told(ports, asked, BookingView)
    assert (made.location, made.end) == ("+49 30 1234567", "2026-03-02T10:00:00Z")
    assert made.answers == [
        AnswerView("why", "Why?", ["Bridges"]),
        AnswerView("days", "Days", ["Mon", "Tue"]),
    ]
    details = await told(ports, bookings.ShowBooking(made.id), BookingDetails)
    assert details.booking is not None
    assert details.booking.answers == made.answers
    found = await told(ports, bookings.ListBookings(search="bridges"), list[BookingView])
    assert [one.id for one in found] == [made.id]


async def test_a_host_need_not_answer_for_the_guest(ports: Ports) -> None:
    await edited(ports, question_lines=["text!: Why?"], location="ask phone", notice_min=0)
    made = await told(ports, book(anyway=True), BookingView)
    assert (made.location, made.answers) == ("ask phone", [])


async def test_an_answer_that_cannot_be_read_is_refused(ports: Ports) -> None:
    assert (await refused(ports, book(answers=["why"]))).fields.keys() == {"answers"}
    assert (await refused(ports, book(answers=["why=x"]))).fields.keys() == {"answers.why"}
    assert (await refused(ports, book(duration_min=45))).fields.keys() == {"duration_minutes"}
