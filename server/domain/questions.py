"""What a host asks besides name and mail address: the questions of an event type, and the answers of a booking.

An answer keeps the words of its question, so that it can be read after the question was changed or is gone.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from server.domain.plain import line, paragraphs, sentence

QUESTIONS_MAX = 20
OPTIONS_MAX = 30
OPTION_CHARS_MAX = 100
LABEL_CHARS_MAX = 200
HINT_CHARS_MAX = 300
LABELS_BYTES_MAX = 3_000
ANSWERS_BYTES_MAX = 11_000
"""Escaped for a calendar line this stays below 25 kB, which DAVx5 keeps of a property that it does not know."""

TICK = "✓"
"""The answer of a checkbox that is ticked: a sign, because answers are read in more than one language."""

_ID = re.compile(r"[a-z][a-z0-9_]{0,31}")
_NUMBER = re.compile(r"[+-]?\d{1,20}(?:[.,]\d{1,10})?")
_PHONE = re.compile(r"\+?[0-9(][0-9 ()./-]*")
PHONE_DIGITS = range(5, 16)


class QuestionType(StrEnum):
    """How a question is answered."""

    TEXT = "text"
    TEXTAREA = "textarea"
    SELECT = "select"
    MULTI_SELECT = "multi_select"
    RADIO = "radio"
    CHECKBOX = "checkbox"
    NUMBER = "number"
    PHONE = "phone"
    URL = "url"


CHOICES = frozenset({QuestionType.SELECT, QuestionType.MULTI_SELECT, QuestionType.RADIO})
"""The types that are answered by choosing among options."""

CHARS_MAX: Mapping[QuestionType, int] = {
    QuestionType.TEXT: 500,
    QuestionType.TEXTAREA: 2_000,
    QuestionType.NUMBER: 32,
    QuestionType.PHONE: 40,
    QuestionType.URL: 500,
}
"""How long a typed answer may be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question; `id` names it in forms and over the API, `hint` stands below its label."""

    id: str
    label: str
    type: QuestionType = QuestionType.TEXT
    required: bool = False
    options: tuple[str, ...] = ()
    hint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a guest answered; several values where several options were chosen."""

    id: str
    label: str
    values: tuple[str, ...]

    @property
    def text(self) -> str:
        """Return the values as one text."""
        return ", ".join(self.values)

    @property
    def line(self) -> str:
        """Return question and answer as a line of a text."""
        colon = "" if self.label.endswith(("?", "!", ".", ":")) else ":"
        return f"{self.label}{colon} {self.text}"


def faults(questions: Sequence[Question]) -> str | None:
    """Return what is wrong with the questions of an event type, None when all is well."""
    if len(questions) > QUESTIONS_MAX:
        return f"may be {QUESTIONS_MAX}, not {len(questions)}"
    ids = [question.id for question in questions]
    twice = next((id_ for id_ in ids if ids.count(id_) > 1), None)
    if twice is not None:
        return f"must have an id each, and {twice} comes twice"
    if sum(len(question.label.encode()) for question in questions) > LABELS_BYTES_MAX:
        return f"are too long: all labels together may have {LABELS_BYTES_MAX} bytes"
    found = ((question, _fault(question)) for question in questions)
    return next((f"cannot be: {question.id or 'one'} {wrong}" for question, wrong in found if wrong), None)


def _fault(question: Question) -> str | None:
    if _ID.fullmatch(question.id) is None:
        return "needs an id of a-z, 0-9 and _, that begins with a letter"
    if not _is_line(question.label, LABEL_CHARS_MAX):
        return f"needs a label of at most {LABEL_CHARS_MAX} characters on one line"
    if question.hint and not _is_line(question.hint, HINT_CHARS_MAX):
        return f"may have a hint of at most {HINT_CHARS_MAX} characters on one line"
    return _options_fault(question.options, is_choice=question.type in CHOICES)


def _options_fault(options: Sequence[str], *, is_choice: bool) -> str | None:
    if not is_choice:
        return "has options, but not a type that offers any" if options else None
    if not 1 <= len(options) <= OPTIONS_MAX:
        return f"needs 1 to {OPTIONS_MAX} options"
    if len(set(options)) < len(options):
        return "has an option twice"
    if not all(_is_line(option, OPTION_CHARS_MAX) for option in options):
        return f"has an option that is not one line of at most {OPTION_CHARS_MAX} characters"
    return None


def read(
    questions: Sequence[Question], given: Mapping[str, Sequence[str]]
) -> tuple[tuple[Answer, ...], Mapping[str, str]]:
    """Return the answers that texts given by question id are, and what is wrong with them, by id.

    Answers stand in the order of their questions; a question that stays empty has none.
    """
    known = {question.id for question in questions}
    found = {id_: sentence("There is no such question.") for id_ in given if id_ not in known}
    answers = []
    for question in questions:
        values = _values(question, given.get(question.id, ()))
        wrong = _wrong(question, values)
        if wrong is not None:
            found[question.id] = wrong
        elif values:
            answers.append(Answer(id=question.id, label=line(question.label), values=values))
    if not found and size(answers) > ANSWERS_BYTES_MAX:
        longest = max(answers, key=lambda answer: len(answer.text.encode()))
        found[longest.id] = sentence("All answers together are too long. Please shorten this one.")
    return tuple(answers), found


def size(answers: Sequence[Answer]) -> int:
    """Return how many bytes the answers take as JSON text."""
    plain = [(answer.id, answer.label, answer.values) for answer in answers]
    return len(json.dumps(plain, ensure_ascii=False).encode())


def _values(question: Question, given: Sequence[str]) -> tuple[str, ...]:
    """Return what was given as it is kept: cleaned, empty ones left out, options in the host's order."""
    fit = paragraphs if question.type is QuestionType.TEXTAREA else line
    values = [text for one in given if (text := fit(one).strip())]
    if question.type is QuestionType.CHECKBOX:
        return (TICK,) if values else ()
    if question.type is QuestionType.MULTI_SELECT:
        chosen = [option for option in question.options if option in values]
        return (*chosen, *(value for value in values if value not in chosen))
    return tuple(values)


def _wrong(question: Question, values: Sequence[str]) -> str | None:
    if not values:
        return _missing(question.type) if question.required else None
    if question.type in CHOICES and not set(values) <= set(question.options):
        return sentence("Please choose from what is offered.")
    if question.type is not QuestionType.MULTI_SELECT and len(values) > 1:
        return sentence("Please give one answer.")
    return None if question.type in CHOICES else typed_fault(question.type, values[0])


def _missing(type_: QuestionType) -> str:
    if type_ is QuestionType.CHECKBOX:
        return sentence("Please tick this box.")
    return sentence("Please choose.") if type_ in CHOICES else sentence("Please fill in this field.")


def typed_fault(type_: QuestionType, value: str) -> str | None:
    """Return what is wrong with a typed value of a type, None when all is well."""
    if len(value) > CHARS_MAX.get(type_, len(value)):
        return sentence("This is too long.")
    match type_:
        case QuestionType.NUMBER if _NUMBER.fullmatch(value) is None:
            return sentence("Please enter a number, like 12 or 3.5.")
        case QuestionType.PHONE if not is_phone(value):
            return sentence("Please enter a phone number with its country code, like +49 30 1234567.")
        case QuestionType.URL if not is_web_address(value):
            return sentence("Please enter a web address like https://example.org.")
        case _:
            return None


def is_phone(text: str) -> bool:
    """Tell whether `text` can be dialled: 5 to 15 digits (E.164), a plus in front at most, grouped as people do."""
    return _PHONE.fullmatch(text) is not None and sum(map(str.isdigit, text)) in PHONE_DIGITS


def is_web_address(text: str) -> bool:
    """Tell whether `text` is an http or https address, without white space."""
    try:
        parts = urlsplit(text)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and text == "".join(text.split())
    except ValueError:
        return False


def _is_line(text: str, chars_max: int) -> bool:
    return 1 <= len(text) <= chars_max and text == line(text)
