"""The fields of the booking form that an event type adds: its questions, and the places to choose from."""

from collections.abc import Mapping
from dataclasses import dataclass

from server.domain.choices import PLACE_CHARS_MAX, place_names
from server.domain.event_type import ASKED, EventType, LocationType
from server.domain.questions import CHARS_MAX, CHOICES, Question, QuestionType
from server.i18n.translator import Translator
from server.web.guest.form.given import (
    PLACE,
    REPEAT,
    TIMES,
    UNTIL,
    Given,
    field_of,
    field_of_place,
    guest_email,
    guest_name,
)
from server.web.guest.particulars import place_offered


@dataclass(frozen=True, slots=True)
class Option:
    """Something to choose, and whether it is chosen; `id` is that of its input."""

    id: str
    value: str
    is_chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionField:
    """A question as the form shows it. `kind` says which of the template's parts does."""

    name: str
    label: str
    hint: str
    kind: str
    required: bool
    chars_max: int
    value: str
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GuestFields:
    """The row of an additional guest: the names of its fields and what was typed into them."""

    label: str
    name: str
    email: str
    name_typed: str
    email_typed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceField:
    """A place to choose; of one that the guest names, `typed` is the name of the field in which they do, else ""."""

    value: str
    label: str
    is_chosen: bool
    typed: str
    label_typed: str
    text: str
    kind: str
    chars_max: int


def question_fields(event_type: EventType, given: Given) -> tuple[QuestionField, ...]:
    """Return the questions of an event type with what was answered."""
    return tuple(_question(question, given.answers.get(question.id, ())) for question in event_type.questions)


def _question(question: Question, values: tuple[str, ...]) -> QuestionField:
    name = field_of(question.id)
    return QuestionField(
        name=name,
        label=question.label,
        hint=question.hint,
        kind=question.type.value,
        required=question.required,
        chars_max=CHARS_MAX.get(question.type, 0),
        value=values[-1] if values and question.type not in CHOICES else "",
        options=tuple(
            Option(name if at == 0 else f"{name}-{at}", option, option in values)
            for at, option in enumerate(question.options)
        ),
    )


def place_fields(event_type: EventType, given: Given, reader: Translator) -> tuple[PlaceField, ...]:
    """Return the places to choose from; none when there is neither a choice nor anything to say."""
    names = place_names(event_type)
    if len(names) == 1 and event_type.location.type not in ASKED:
        return ()
    labels = {
        LocationType.GUEST_PHONE: reader.text("Your phone number"),
        LocationType.GUEST_PLACE: reader.text("Where shall we meet?"),
    }
    fields = []
    for name, place in names.items():
        offered = place_offered(place, reader)
        is_phone = place.type is LocationType.GUEST_PHONE
        fields.append(
            PlaceField(
                value=name,
                label=f"{offered.kind}: {offered.value}" if offered.value else offered.kind,
                is_chosen=given.place == name,
                typed=field_of_place(name) if place.type in ASKED else "",
                label_typed=labels.get(place.type, ""),
                text=given.places.get(name, ""),
                kind="phone" if is_phone else "text",
                chars_max=CHARS_MAX[QuestionType.PHONE] if is_phone else PLACE_CHARS_MAX,
            )
        )
    return tuple(fields)


def guest_fields(given: Given, reader: Translator) -> tuple[GuestFields, ...]:
    """Return a row for everybody who may be brought along."""
    return tuple(
        GuestFields(
            label=reader.text("Guest %(number)d", number=row + 1),
            name=guest_name(row),
            email=guest_email(row),
            name_typed=one.name,
            email_typed=one.email,
        )
        for row, one in enumerate(given.guests)
    )


def in_form(wrong: Mapping[str, str], given: Given) -> Mapping[str, str]:
    """Return faults by the fields of the form that they are about."""
    return {_field(name, given): words for name, words in wrong.items()}


def _field(name: str, given: Given) -> str:
    first, _, rest = name.partition(".")
    if first == "answers":
        return field_of(rest)
    if first == "guests" and rest:
        at, _, part = rest.partition(".")
        row = list(given.companions)[int(at)]
        return guest_name(row) if part == "name" else guest_email(row)
    if first == "recurring":
        return {"count": TIMES, "until": UNTIL}.get(rest, REPEAT)
    return {"location": PLACE, "location_value": field_of_place(given.place)}.get(name, name)


def inputs(
    questions: tuple[QuestionField, ...], places: tuple[PlaceField, ...], guests: tuple[GuestFields, ...]
) -> Mapping[str, str]:
    """Return the names of all fields that a fault can be about, with labels where its words do not say which it is."""
    named = (
        "name",
        "email",
        "phone",
        "notes",
        PLACE,
        REPEAT,
        TIMES,
        UNTIL,
        *(one.typed for one in places if one.typed),
    )
    rows = {name: one.label for one in guests for name in (one.name, one.email)}
    return dict.fromkeys(named, "") | {one.name: one.label for one in questions} | rows
