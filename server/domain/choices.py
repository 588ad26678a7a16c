"""What a guest chooses of an event type beside the time: how long, where, and the answers to its questions."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from server.domain.errors import Invalid
from server.domain.event_type import ASKED, DURATION_MAX_MIN, EventType, Location, LocationType
from server.domain.intervals import Span
from server.domain.plain import line, sentence
from server.domain.questions import Answer, QuestionType, read, typed_fault

PLACE_CHARS_MAX = 300


@dataclass(frozen=True, slots=True)
class PlaceWish:
    """Where a guest wants to meet: a name as `place_names` gives it, "" where there is no choice; and what they say of it."""

    name: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class Chosen:
    """An event type as it was chosen: `event_type` lasts as long as was wanted."""

    event_type: EventType
    location: Location
    answers: tuple[Answer, ...]


def place_names(event_type: EventType) -> Mapping[str, Location]:
    """Return the places of an event type by name: their type, with a number from the second of a type on."""
    seen: Counter[LocationType] = Counter()
    names = {}
    for place in event_type.places:
        seen[place.type] += 1
        count = seen[place.type]
        names[place.type.value if count == 1 else f"{place.type.value}-{count}"] = place
    return names


def of_duration(event_type: EventType, minutes: int | None) -> EventType:
    """Return the event type for meetings of a chosen duration, None being its own; raises Invalid for any other (S5.7)."""
    if minutes is None:
        return event_type
    if minutes not in event_type.durations:
        offered = ", ".join(map(str, event_type.durations))
        raise Invalid(
            "This meeting is not offered for so long.", {"duration_minutes": f"must be one of: {offered}"}
        )
    return event_type.lasting(minutes)


def to_move(event_type: EventType, meeting: Span) -> EventType:
    """Return the event type for a booking that moves and keeps its length: what was chosen, or what the host made of it.

    A length that no guest can choose, none at all or days, would leave no time to move to: then its own decides.
    """
    minutes = -(-(meeting[1] - meeting[0]) // 60)
    chosen = minutes if 1 <= minutes <= DURATION_MAX_MIN else event_type.duration_min
    return replace(event_type.lasting(chosen), duration_options=())


def choose(
    event_type: EventType,
    place: PlaceWish,
    answers: Mapping[str, Sequence[str]],
    *,
    is_host: bool = False,
) -> tuple[Chosen, Mapping[str, str]]:
    """Return what was chosen, and what is wrong with it by field: `location`, `location_value`, `answers.<id>`.

    A host who books for somebody need not know what only they can answer.
    """
    questions = event_type.questions
    if is_host:
        questions = tuple(replace(question, required=False) for question in questions)
    given, wrong = read(questions, answers)
    location, faults = _place(event_type, place, is_host=is_host)
    found = dict(faults) | {f"answers.{id_}": words for id_, words in wrong.items()}
    return Chosen(event_type, location, given), found


def _place(event_type: EventType, wish: PlaceWish, *, is_host: bool) -> tuple[Location, Mapping[str, str]]:
    names = place_names(event_type)
    location = names.get(wish.name)
    if not wish.name and (is_host or len(names) == 1):
        location = event_type.location
    if location is None:
        return Location(), {"location": sentence("Please choose where to meet.")}
    if location.type not in ASKED:
        return location, {}
    said = Location(type=location.type, value=line(wish.value))
    wrong = None if is_host and not said.value else place_fault(said)
    return said, {} if wrong is None else {"location_value": wrong}


def place_fault(place: Location) -> str | None:
    """Return what is wrong with a place that a guest named, None when all is well."""
    if place.type is LocationType.GUEST_PHONE:
        missing = sentence("Please enter a phone number with its country code, like +49 30 1234567.")
        return typed_fault(QuestionType.PHONE, place.value) if place.value else missing
    if not place.value:
        return sentence("Please say where to meet.")
    return sentence("This is too long.") if len(place.value) > PLACE_CHARS_MAX else None
