"""What operators say of an event type's choices: durations, places, questions, rooms, and what comes after booking."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from msgspec import UNSET, UnsetType

from server.control import texts
from server.control.acting import ActingCommand
from server.control.texts import Texts, given
from server.domain.event_type import EventType, Location, LocationType
from server.domain.questions import CHOICES, Question, QuestionType
from server.domain.rooms import Room

_LINE = re.compile(r"(?P<type>[a-z_]+)(?:/(?P<id>[a-z0-9_]+))?(?P<required>!?):(?P<rest>.*)", re.DOTALL)
_HELP = (
    "write it like “text!: What is it about?” or “select/level: How far are you? = Starting | Going | Done”"
)
ID_CHARS_MAX = 32


class ChoiceFields(ActingCommand, kw_only=True):
    """What can be said of the choices; what is unset stays. Each list replaces the one before, "none" or 0 empties it."""

    duration_options: list[int] | UnsetType = UNSET
    location_options: list[str] | UnsetType = UNSET
    question_lines: list[str] | UnsetType = UNSET
    questions: list[Question] | UnsetType = UNSET
    room_template: str | UnsetType = UNSET
    room_webhook: str | UnsetType = UNSET
    redirect_url: str | UnsetType = UNSET
    redirect_particulars: bool | UnsetType = UNSET
    thanks: str | UnsetType = UNSET


def change(fields: ChoiceFields) -> Callable[[EventType], EventType]:
    """Return the pure function that makes an event type what `fields` say; raises Invalid for what cannot be read."""
    read = Texts()
    lines = read.read("questions", question_lines, fields.question_lines)
    read.refuse()
    asked = lines if fields.questions is UNSET else tuple(fields.questions)
    places = UNSET if fields.location_options is UNSET else _places(fields.location_options)

    def changed(present: EventType) -> EventType:
        return _with_room(
            replace(
                present,
                duration_options=_minutes(given(fields.duration_options, list(present.duration_options))),
                location_options=given(places, present.location_options),
                questions=given(asked, present.questions),
                redirect_url=texts.or_nothing(given(fields.redirect_url, present.redirect_url)),
                redirect_particulars=given(fields.redirect_particulars, present.redirect_particulars),
                thanks=texts.or_nothing(given(fields.thanks, present.thanks)),
            ),
            fields,
        )

    return changed


def question_lines(lines: Iterable[str]) -> tuple[Question, ...]:
    """Return the questions that lines spell, none for "none"; raises ValueError with how to write one."""
    found: list[Question] = []
    for text in lines:
        if text.strip().lower() != texts.NONE:
            found.append(_question(text, {question.id for question in found}))
    return tuple(found)


def _question(text: str, taken: set[str]) -> Question:
    """Return the question of "TYPE[/ID][!]: LABEL [= OPTION | OPTION …]"."""
    match = _LINE.fullmatch(text.strip())
    if match is None or match["type"] not in set(QuestionType):
        raise ValueError(f"“{text}” is no question: {_HELP}")
    type_ = QuestionType(match["type"])
    label, _, options = match["rest"].rpartition("=") if type_ in CHOICES else (match["rest"], "", "")
    label = " ".join(label.split())
    return Question(
        id=match["id"] or _id_of(label, taken),
        label=label,
        type=type_,
        required=bool(match["required"]),
        options=tuple(option for part in options.split("|") if (option := " ".join(part.split()))),
    )


def _id_of(label: str, taken: set[str]) -> str:
    """Return an id made of the words of a label, unlike those that are taken."""
    words = re.sub(r"[^a-z0-9]+", "_", label.lower()).strip("_")
    stem = words[:ID_CHARS_MAX].strip("_") if words[:1].isalpha() else "question"
    numbered = (stem, *(f"{stem[: ID_CHARS_MAX - 3]}_{at}" for at in range(2, len(taken) + 3)))
    return next(id_ for id_ in numbered if id_ not in taken)


def _places(lines: Iterable[str]) -> tuple[Location, ...]:
    found = map(texts.location, lines)
    return tuple(place for place in found if place.type is not LocationType.NONE)


def _minutes(options: Sequence[int]) -> tuple[int, ...]:
    return () if list(options) == [0] else tuple(options)


def _with_room(event_type: EventType, fields: ChoiceFields) -> EventType:
    """Return the event type with its room; a template or webhook makes the room its place if no place is one yet.

    A webhook that is named (again) gets a secret of its own: the revision has not been there before.
    """
    template, webhook = given(fields.room_template, ""), given(fields.room_webhook, "")
    if not template and not webhook:
        return event_type
    template, webhook = texts.or_nothing(template), texts.or_nothing(webhook)
    if not template and not webhook:
        return _without_room(event_type)
    room = Room(template=template, webhook=webhook, generation=event_type.revision if webhook else 0)
    is_place = any(place.type is LocationType.ROOM for place in event_type.places)
    place = event_type.location if is_place else Location(type=LocationType.ROOM)
    return replace(event_type, room=room, location=place)


def _without_room(event_type: EventType) -> EventType:
    others = [place for place in event_type.places if place.type is not LocationType.ROOM]
    first, *rest = others or [Location()]
    return replace(event_type, room=None, location=first, location_options=tuple(rest))
