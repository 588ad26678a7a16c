"""What a host may ask, and what counts as an answer."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.identity import CalendarPath
from server.domain.questions import (
    ANSWERS_BYTES_MAX,
    OPTIONS_MAX,
    TICK,
    Question,
    QuestionType,
    faults,
    is_phone,
    is_web_address,
    read,
    size,
)
from server.ical import vevent
from server.ical.scan import scan
from tests.builders import booking, host

T = QuestionType
TOPIC = Question(id="topic", label="What is it about?", required=True)
MORE = Question(id="more", label="Tell me more", type=T.TEXTAREA)
LEVEL = Question(id="level", label="Level", type=T.SELECT, options=("New", "Old hand"))
DAYS = Question(id="days", label="Days", type=T.MULTI_SELECT, options=("Mon", "Tue", "Wed"))
HOW = Question(id="how", label="How?", type=T.RADIO, options=("Yes", "No"), required=True)
TERMS = Question(id="terms", label="I have read the terms", type=T.CHECKBOX, required=True)
COUNT = Question(id="count", label="How many?", type=T.NUMBER)
PHONE = Question(id="phone", label="Phone", type=T.PHONE)
SITE = Question(id="site", label="Your site", type=T.URL)
ALL = (TOPIC, MORE, LEVEL, DAYS, HOW, TERMS, COUNT, PHONE, SITE)

GOOD = {
    "topic": ["  About\tbridges "],
    "more": ["One.\r\nTwo."],
    "level": ["Old hand"],
    "days": ["Wed", "Mon"],
    "how": ["No"],
    "terms": ["on"],
    "count": ["3,5"],
    "phone": ["+49 (30) 123-4567"],
    "site": ["https://example.org/a?b=c"],
}


def test_answers_are_kept_in_the_order_of_the_questions_with_their_words() -> None:
    answers, wrong = read(ALL, dict(reversed(GOOD.items())))
    assert wrong == {}
    assert [(answer.id, answer.values) for answer in answers] == [
        ("topic", ("About bridges",)),
        ("more", ("One.\nTwo.",)),
        ("level", ("Old hand",)),
        ("days", ("Mon", "Wed")),
        ("how", ("No",)),
        ("terms", (TICK,)),
        ("count", ("3,5",)),
        ("phone", ("+49 (30) 123-4567",)),
        ("site", ("https://example.org/a?b=c",)),
    ]
    assert answers[0].line == "What is it about? About bridges"
    assert answers[3].line == "Days: Mon, Wed"


def test_what_may_stay_empty_has_no_answer() -> None:
    answers, wrong = read(ALL, {"topic": ["x"], "how": ["Yes"], "terms": ["yes"], "more": ["  \n "]})
    assert wrong == {}
    assert [answer.id for answer in answers] == ["topic", "how", "terms"]


def test_every_required_question_that_stays_empty_is_named() -> None:
    _, wrong = read(ALL, {"topic": [" \n"], "terms": [""]})
    assert wrong.keys() == {"topic", "how", "terms"}


@pytest.mark.parametrize(
    ("id_", "values"),
    [
        ("topic", ["x" * 501]),
        ("topic", ["one", "two"]),
        ("more", ["x" * 2001]),
        ("level", ["Expert"]),
        ("level", ["New", "Old hand"]),
        ("days", ["Mon", "Sun"]),
        ("how", ["Maybe"]),
        ("count", ["three"]),
        ("count", ["1e9"]),
        ("phone", ["call me"]),
        ("phone", ["123"]),
        ("phone", ["+1234567890123456"]),
        ("site", ["javascript:alert(1)"]),
        ("site", ["ftp://example.org"]),
        ("site", ["https://"]),
        ("site", ["https://exa mple.org"]),
        ("nothing", ["asked"]),
    ],
)
def test_an_answer_that_is_none_is_refused_at_its_question(id_: str, values: list[str]) -> None:
    _, wrong = read(ALL, GOOD | {id_: values})
    assert wrong.keys() == {id_}


@pytest.mark.parametrize("text", ["+49 30 1234567", "030/1234567", "(555) 010-9999", "00442071234567"])
def test_people_write_phone_numbers_in_many_ways(text: str) -> None:
    assert is_phone(text)


@pytest.mark.parametrize("text", ["https://example.org", "HTTP://EXAMPLE.ORG/x", "https://[::1]:8080/"])
def test_web_addresses_are_http_or_https(text: str) -> None:
    assert is_web_address(text)


@pytest.mark.parametrize(
    "wrong",
    [
        (TOPIC, TOPIC),
        (Question(id="1st", label="x"),),
        (Question(id="Topic", label="x"),),
        (Question(id="a" * 33, label="x"),),
        (Question(id="a", label=""),),
        (Question(id="a", label="two\nlines"),),
        (Question(id="a", label="x" * 201),),
        (Question(id="a", label="x", hint="h" * 301),),
        (Question(id="a", label="x", type=T.SELECT),),
        (Question(id="a", label="x", options=("y",)),),
        (Question(id="a", label="x", type=T.RADIO, options=("y", "y")),),
        (Question(id="a", label="x", type=T.RADIO, options=("y", " z")),),
        (Question(id="a", label="x", type=T.RADIO, options=tuple(map(str, range(OPTIONS_MAX + 1)))),),
        tuple(Question(id=f"q{at}", label="x") for at in range(21)),
        tuple(Question(id=f"q{at}", label="ü" * 200) for at in range(8)),
    ],
)
def test_questions_that_cannot_be_asked_are_refused(wrong: tuple[Question, ...]) -> None:
    assert faults(wrong) is not None


def test_questions_of_every_type_can_be_asked() -> None:
    assert faults(ALL) is None
    assert {question.type for question in ALL} == set(QuestionType)


def test_answers_that_are_too_long_together_are_refused_at_the_longest() -> None:
    questions = tuple(Question(id=f"q{at}", label="Why?", type=T.TEXTAREA) for at in range(8))
    _, wrong = read(questions, {f"q{at}": ["x" * (1_900 + at)] for at in range(8)})
    assert wrong.keys() == {"q7"}


typed = st.text(
    st.characters(exclude_categories=["Cs"]) | st.sampled_from('\\,;"\r\n\u2028\ufeff'), max_size=3_000
)


@given(st.lists(typed, min_size=1, max_size=6))
def test_whatever_is_typed_comes_back_from_the_calendar_and_fits_on_its_line(texts: list[str]) -> None:
    """DAVx5 keeps no unknown property longer than 25 kB."""
    questions = tuple(
        Question(id=f"q{at}", label="\\;," * 10 + "?", type=T.TEXTAREA) for at in range(len(texts))
    )
    answers, wrong = read(questions, {f"q{at}": [text] for at, text in enumerate(texts)})
    if wrong:
        return
    assert size(answers) <= ANSWERS_BYTES_MAX
    text = vevent.stored(replace(booking(), answers=answers), host())
    found = vevent.read(text, CalendarPath("alice/calendar"))
    assert found is not None
    assert found.answers == answers
    lines = scan(text).components[-1].properties
    assert all(len(item.value.encode()) < 25_000 for item in lines if item.name == "X-DAYBOOK-ANSWERS")
