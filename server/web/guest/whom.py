"""Whom a guest wants to meet, where an event type of a team leaves that to them: `?host=` says it, on every page."""

from collections.abc import Mapping
from dataclasses import dataclass

from server.domain.errors import Invalid
from server.domain.event_type import EventType
from server.domain.host import Host
from server.domain.hosts import Strategy
from server.ports import Ports
from server.usecases.booking.lineup import chosen, lineup

HOST = "host"


@dataclass(frozen=True, slots=True)
class Whom:
    """Who can be chosen, by name, and who was; `is_unknown` when somebody was named who cannot be."""

    candidates: tuple[Host, ...]
    chosen: Host | None = None
    is_unknown: bool = False


def read_whom(ports: Ports, event_type: EventType, query: Mapping[str, str]) -> tuple[EventType, Whom | None]:
    """Return the event type as the host who was chosen has it, and the choice; None where it is not the guest's.

    Who is the only one need not be chosen.
    """
    if event_type.strategy is not Strategy.MANAGED:
        return event_type, None
    candidates = tuple(
        sorted(lineup(ports, event_type).one_of, key=lambda one: (one.name.casefold(), one.home))
    )
    named = query.get(HOST, "") or (candidates[0].home if len(candidates) == 1 else "")
    if not named:
        return event_type, Whom(candidates)
    try:
        narrowed = chosen(ports, event_type, named)
    except Invalid:
        return event_type, Whom(candidates, is_unknown=True)
    return narrowed, Whom(candidates, next(one for one in candidates if one.home == named))
