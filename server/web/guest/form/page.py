"""The booking form as it is shown: what is booked, what was typed, what is wrong with it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from server.domain.event_type import EventType
from server.domain.host import Host
from server.domain.seats import Spots
from server.i18n.translator import Translator
from server.ports import Ports
from server.usecases.booking import seating
from server.usecases.booking.remind import asks_for_phone
from server.web.guest.form.fields import (
    GuestFields,
    PlaceField,
    QuestionField,
    guest_fields,
    inputs,
    place_fields,
    question_fields,
)
from server.web.guest.form.given import Given
from server.web.guest.form.repeat import RepeatFields, repeat_fields
from server.web.guest.offered import Offered
from server.web.guest.particulars import Particulars
from server.web.guest.picker.choice import Choice
from server.web.guest.picker.days import local_date
from server.web.options import WebOptions
from server.web.reading import wording
from server.web.reading.wording import When

WAITS = "waits"
"""What a form carries whose sender would wait for a seat."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """A request for the form, read and looked up."""

    ports: Ports
    offered: Offered
    reader: Translator
    choice: Choice
    start: datetime
    now: datetime

    @property
    def host(self) -> Host:
        """Return whose event type it is."""
        return self.offered.host

    @property
    def event_type(self) -> EventType:
        """Return what is booked."""
        return self.offered.event_type

    @property
    def path(self) -> str:
        """Return the form's own path."""
        return f"{self.offered.path}/book"

    @property
    def start_s(self) -> int:
        """Return the start in epoch seconds."""
        return int(self.start.timestamp())

    @property
    def now_s(self) -> int:
        """Return the present in epoch seconds."""
        return int(self.now.timestamp())

    def when(self, start: datetime) -> When:
        """Return the words for a meeting that begins at `start`."""
        return wording.when(
            self.reader,
            start,
            start + timedelta(minutes=self.event_type.duration_min),
            zone=self.choice.zone,
            host_zone=self.event_type.zone_name(self.host),
            twelve=self.choice.twelve,
        )

    @property
    def spots(self) -> Spots | None:
        """Return what is left of the seats, None where nobody shares the meeting."""
        if self.event_type.seats == 1:
            return None
        all_of_them = Spots(self.event_type.seats, self.event_type.seats)
        here = seating.spots_at(self.ports, self.host, self.event_type, self.start_s, self.now_s)
        return here or all_of_them

    @property
    def must_wait(self) -> bool:
        """Tell whether all seats are taken and one can wait for one."""
        spots = self.spots
        return spots is not None and not spots.free and spots.places > 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Faults:
    """What is wrong: with the form as a whole, with fields, or with the time (then `nearest` is not None).

    `is_full` tells that the time is free, but enough is booked in its period.
    """

    general: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    nearest: tuple[int, ...] | None = None
    is_full: bool = False
    trap: str = ""
    retry_after_s: int | None = None

    def __bool__(self) -> bool:
        return bool(self.general or self.fields or self.nearest is not None)


@dataclass(frozen=True, slots=True)
class Nearby:
    """A free start near the one that is taken."""

    start: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FormPage:
    """The booking form. `is_taken` says that the start cannot be had; `nearest` are then to choose from.

    `inputs` are the names and labels of the fields that a fault may lead to. With `proof_bits` scripts solve a puzzle, and without scripts the mail address is to be confirmed. Sent sooner than `least_ms` after it was
    shown, it would be refused: scripts wait that long for those who are quick.
    """

    offer: Particulars
    when: When
    back: str
    action: str
    hidden: tuple[tuple[str, str], ...]
    given: Given
    asks_for_phone: bool
    places: tuple[PlaceField, ...]
    questions: tuple[QuestionField, ...]
    guests: tuple[GuestFields, ...]
    repeat: RepeatFields | None
    inputs: Mapping[str, str]
    faults: Faults
    is_taken: bool
    nearest: tuple[Nearby, ...]
    least_ms: int
    proof_bits: int
    seats_left: str
    must_wait: bool


def form_page(asking: Asking, given: Given, faults: Faults, ticket: str, options: WebOptions) -> FormPage:
    """Return the form."""
    choice, reader = asking.choice, asking.reader
    day = local_date(asking.start_s, ZoneInfo(choice.zone))
    hidden = {
        "ticket": ticket,
        "host": choice.host,
        "tz": choice.zone,
        "hour": ("12" if choice.twelve else "24") if choice.twelve_said else "",
        "view": choice.view.value if choice.view_said else "",
        "duration": str(choice.duration_min) if choice.duration_said else "",
    }
    places = place_fields(asking.event_type, given, reader)
    questions = question_fields(asking.event_type, given)
    guests = guest_fields(given, reader)
    if faults.nearest is None:
        hidden["start"] = wording.instant(asking.start_s)
    spots = asking.spots
    if asking.must_wait and faults.nearest is None:
        hidden[WAITS] = "1"
    return FormPage(
        seats_left=wording.seats_left(reader, spots.free) if spots is not None and spots.free else "",
        must_wait=asking.must_wait and faults.nearest is None,
        offer=asking.offered.described(asking.ports, reader),
        when=asking.when(asking.start),
        back=asking.offered.path + choice.on(day).query(),
        action=asking.path,
        hidden=tuple((name, value) for name, value in hidden.items() if value),
        given=given,
        asks_for_phone=asks_for_phone(asking.ports, asking.event_type),
        places=places,
        questions=questions,
        guests=guests,
        repeat=repeat_fields(asking.event_type.series, given, day, reader),
        inputs=inputs(questions, places, guests),
        faults=faults,
        is_taken=faults.nearest is not None,
        nearest=tuple(_nearby(asking, start) for start in faults.nearest or ()),
        least_ms=(options.form_seconds_min + 1) * 1000 if options.form_seconds_min else 0,
        proof_bits=0 if asking.offered.token else options.proof_of_work_bits,
    )


def _nearby(asking: Asking, start: int) -> Nearby:
    at = asking.when(datetime.fromtimestamp(start, UTC))
    return Nearby(wording.instant(start), f"{at.day}, {at.time}")
