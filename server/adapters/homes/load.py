"""Reading every home at start: whatever is sound is put into the catalogue, whatever is not becomes a fault."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from server.adapters.catalogue import Catalogue
from server.adapters.homes import files
from server.adapters.homes.files import Broken, Layout
from server.adapters.homes.numbers import read_last_number
from server.domain.errors import Invalid
from server.domain.event_type import EventType
from server.domain.identity import Home
from server.ports import HomeFault

V = TypeVar("V")


def load(layout: Layout, catalogue: Catalogue) -> tuple[int, Sequence[HomeFault]]:
    """Fill the catalogue; return the highest number that is kept, and the faults by path."""
    faults: list[HomeFault] = []
    kept = _sound(read_last_number, layout.numbers, faults) or 0
    catalogue.skip_numbers(kept)
    numbers: dict[int, Path] = {}
    for folder in sorted(layout.homes.glob("[!.]*/")):
        _load_home(layout, Home(folder.name), catalogue, numbers, faults)
    return kept, tuple(faults)


def _load_home(
    layout: Layout, home: Home, catalogue: Catalogue, numbers: dict[int, Path], faults: list[HomeFault]
) -> None:
    profile = layout.profile(home)
    host = _sound(files.read_host, profile, faults)
    if host is not None:
        catalogue.put_host(host)
        _note_number(host.number, profile, numbers, faults)
    _load_team(layout, home, catalogue, numbers, faults)
    for path in sorted(layout.event_types(home).glob("[!.]*.json")):
        event_type = _sound(files.read_event_type, path, faults)
        if event_type is not None and _is_alone(layout, event_type, catalogue, faults):
            catalogue.put_event_type(event_type)
            _note_number(event_type.number, path, numbers, faults)
    for path in sorted(layout.invites(home).glob("[!.]*.json")):
        invite = _sound(files.read_invite, path, faults)
        if invite is None:
            continue
        twin = catalogue.invite(invite.id)
        if twin is None:
            catalogue.put_invite(invite)
        else:
            faults.append(HomeFault(path, f"{layout.invite(twin)} has the same name: delete one of the two"))


def _load_team(
    layout: Layout, home: Home, catalogue: Catalogue, numbers: dict[int, Path], faults: list[HomeFault]
) -> None:
    path, profile = layout.team(home), layout.profile(home)
    team = _sound(files.read_team, path, faults)
    if team is not None and profile.exists():
        faults.append(HomeFault(path, f"{profile} makes this a host's home: delete one of the two"))
    elif team is not None:
        catalogue.put_team(team)
        _note_number(team.number, path, numbers, faults)


def _sound(read: Callable[[Path], V | None], path: Path, faults: list[HomeFault]) -> V | None:
    try:
        return read(path)
    except Broken as error:
        faults.append(HomeFault(path, str(error)))
        return None


def _is_alone(layout: Layout, event_type: EventType, catalogue: Catalogue, faults: list[HomeFault]) -> bool:
    path = layout.event_type(event_type)
    twin = catalogue.event_type_by_id(event_type.id)
    if twin is not None:
        faults.append(
            HomeFault(path, f"{layout.event_type(twin)} has the same name: delete or rename one of the two")
        )
        return False
    try:
        catalogue.demand_free_slug(event_type)
    except Invalid:
        faults.append(
            HomeFault(path, f"another event type of {event_type.home} has its slug: change one of the two")
        )
        return False
    return True


def _note_number(number: int, path: Path, numbers: dict[int, Path], faults: list[HomeFault]) -> None:
    if number in numbers:
        message = (
            f"its number {number} is that of {numbers[number]} too: give one of the two a number that is free"
        )
        faults.append(HomeFault(path, message))
    numbers.setdefault(number, path)
