"""What a guest typed into the booking form, or found in it: a link may fill it in beforehand."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from server.domain import attendees
from server.domain.choices import PLACE_CHARS_MAX, PlaceWish, place_names
from server.domain.companions import Companion
from server.domain.event_type import ASKED, EventType
from server.domain.phones import CHARS_MAX as PHONE_CHARS_MAX
from server.domain.plain import line, paragraphs
from server.domain.questions import CHARS_MAX, OPTION_CHARS_MAX, OPTIONS_MAX

Pairs = Iterable[tuple[str, str]]

CARRIED_CHARS_MAX = 1_000
"""How much of what a link fills in goes from page to page: it stands in the address of every slot."""

QUESTION = "q_"
PLACE = "place"
REPEAT, TIMES, UNTIL = "repeat", "times", "until"
REPEAT_CHARS_MAX = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What the guest typed, as they typed it: `places` by name of the place, `answers` by id of the question.

    A meeting may `repeat`: so many `times`, or `until` a day.
    """

    name: str = ""
    email: str = ""
    notes: str = ""
    phone: str = ""
    guests: tuple[Companion, ...] = ()
    place: str = ""
    places: Mapping[str, str] = field(default_factory=dict)
    answers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    repeat: str = ""
    times: str = ""
    until: str = ""

    def __bool__(self) -> bool:
        return any(
            (
                *(self.name, self.email, self.notes, self.phone, self.repeat),
                *self.places.values(),
                *self.answers.values(),
                *self.guests,
            )
        )

    @property
    def companions(self) -> dict[int, Companion]:
        """Return who is brought along by the row of the form they stand in; empty rows are nobody."""
        return {row: one for row, one in enumerate(self.guests) if one.name.strip() or one.email.strip()}

    @property
    def wish(self) -> PlaceWish:
        """Return where the guest wants to meet."""
        return PlaceWish(self.place, self.places.get(self.place, ""))


def typed(event_type: EventType, sent: Pairs) -> Given:
    """Return what was sent, of the fields that the form has."""
    found: dict[str, list[str]] = {}
    for name, text in sent:
        found.setdefault(name, []).append(paragraphs(text))
    names = place_names(event_type)
    chosen = found.get(PLACE, [""])[-1]
    return Given(
        name=found.get("name", [""])[-1],
        email=found.get("email", [""])[-1],
        notes=found.get("notes", [""])[-1],
        phone=found.get("phone", [""])[-1],
        guests=tuple(
            Companion(found.get(guest_email(row), [""])[-1], found.get(guest_name(row), [""])[-1])
            for row in range(event_type.guests_max)
        ),
        place=next(iter(names)) if len(names) == 1 else chosen,
        places={
            name: found.get(field_of_place(name), [""])[-1]
            for name, place in names.items()
            if place.type in ASKED
        },
        answers={
            question.id: tuple(found[field_of(question.id)])
            for question in event_type.questions
            if field_of(question.id) in found
        },
        **_repeated(event_type, found),
    )


def _repeated(event_type: EventType, found: Mapping[str, Sequence[str]]) -> Mapping[str, str]:
    if event_type.series is None:
        return {}
    return {name: found.get(name, [""])[-1] for name in (REPEAT, TIMES, UNTIL)}


def filled_in(event_type: EventType, query: Pairs) -> Given:
    """Return what a link fills in: never more than could be typed, and nothing is sent by it."""
    return typed(event_type, _cut(event_type, query))


def carried(event_type: EventType, query: Pairs) -> tuple[tuple[str, str], ...]:
    """Return what of a link's own goes on to the form, as far as there is room for it."""
    kept: list[tuple[str, str]] = []
    room = CARRIED_CHARS_MAX
    for name, text in _cut(event_type, query):
        room -= len(text)
        if text and room >= 0:
            kept.append((name, text))
    return tuple(kept)


def field_of(question: str) -> str:
    """Return the name of the field in which a question is answered."""
    return QUESTION + question


def field_of_place(name: str) -> str:
    """Return the name of the field in which the guest says what a place is."""
    return f"{PLACE}_{name}"


def guest_name(row: int) -> str:
    """Return the name of the field for the name of an additional guest; rows count from 0, people from 1."""
    return f"guest_name_{row + 1}"


def guest_email(row: int) -> str:
    """Return the name of the field for the address of an additional guest."""
    return f"guest_email_{row + 1}"


def _cut(event_type: EventType, query: Pairs) -> Iterable[tuple[str, str]]:
    limits = _limits(event_type)
    seen: dict[str, int] = {}
    for name, text in query:
        if name in limits and seen.get(name, 0) < OPTIONS_MAX:
            seen[name] = seen.get(name, 0) + 1
            chars_max, fit = limits[name]
            yield name, fit(text)[:chars_max]


def _limits(event_type: EventType) -> Mapping[str, tuple[int, Callable[[str], str]]]:
    limits: dict[str, tuple[int, Callable[[str], str]]] = {
        "name": (attendees.NAME_MAX, line),
        "email": (attendees.EMAIL_MAX, line),
        "notes": (attendees.NOTES_MAX, paragraphs),
        "phone": (PHONE_CHARS_MAX, line),
        PLACE: (PLACE_CHARS_MAX, line),
    }
    if event_type.series is not None:
        limits |= dict.fromkeys((REPEAT, TIMES, UNTIL), (REPEAT_CHARS_MAX, line))
    limits |= {field_of_place(name): (PLACE_CHARS_MAX, line) for name in place_names(event_type)}
    return limits | {
        field_of(question.id): (CHARS_MAX.get(question.type, OPTION_CHARS_MAX), paragraphs)
        for question in event_type.questions
    }
