"""Invite people to an event type: one, or a whole list, of which all are invited or none."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from server.domain.attendees import one_line
from server.domain.errors import Invalid
from server.domain.event_type import EventType, Visibility
from server.domain.host import Host
from server.domain.identity import Home
from server.domain.invites import VALID_DAYS, VALID_MAX_DAYS, Invite, faults
from server.domain.plain import paragraphs
from server.ports import Ports
from server.usecases.event_type.find import find
from server.usecases.team.find import find_owner

BULK_MAX = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """One person to invite; `where` is what a fault is told for, "line 3" of a list. No language: the maker's own."""

    name: str = ""
    email: str = ""
    message: str = ""
    language: str = ""
    where: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """Who invites, and what holds for everybody invited; `made_by` is the event type's own host where it is None."""

    made_by: str | None = None
    days: int = VALID_DAYS
    uses_max: int = 1


async def create(
    ports: Ports, address: tuple[str, str], wanted: Sequence[Wanted], terms: Terms, now: datetime
) -> Sequence[Invite]:
    """Make an invite for each person and return them; raises NotFound, or Invalid with all that is wrong, and makes none.

    Colleagues may invite to what is internal, once each; to anything else its own host alone, or the members of its team.
    """
    event_type = find(ports, *address)
    maker = find_owner(ports, terms.made_by or event_type.home)
    found = dict(_refused(ports, event_type, maker, terms))
    made = [_invite(ports, event_type, maker, one, terms, now) for one in wanted]
    if not 1 <= len(wanted) <= BULK_MAX:
        found["list"] = f"must name 1 to {BULK_MAX} people, not {len(wanted)}"
    first: dict[str, Wanted] = {}
    for one, invite in zip(wanted, made, strict=True):
        known = first.setdefault(invite.email.casefold(), one) if invite.email else one
        twice = {} if known is one else {"email": f"stands in {known.where} already"}
        nobody = {"email": "is missing"} if one.where and not invite.email else {}
        found |= _told(one, {**faults(invite), **twice, **nobody})
    if found:
        raise Invalid("Nobody was invited.", found)
    return await ports.homes.save_invites(made)


def _refused(ports: Ports, event_type: EventType, maker: Host, terms: Terms) -> Mapping[str, str]:
    found = {}
    if maker.disabled:
        found["as"] = f"{maker.home} is disabled"
    if not 1 <= terms.days <= VALID_MAX_DAYS:
        found["days"] = f"must be between 1 and {VALID_MAX_DAYS}, not {terms.days}"
    if maker.home not in _own(ports, event_type):
        if event_type.visibility is not Visibility.INTERNAL:
            found["as"] = f"only {_whose(ports, event_type)} to what is {event_type.visibility.value}"
        elif terms.uses_max != 1:
            found["uses_max"] = "must be 1: a colleague's invite is good for one booking"
    return found


def _own(ports: Ports, event_type: EventType) -> Collection[Home]:
    """Return who invites to an event type in their own name: its host, or its team and whoever belongs to it."""
    team = ports.homes.team(event_type.home)
    return (event_type.home, *(() if team is None else (one.home for one in team.members)))


def _whose(ports: Ports, event_type: EventType) -> str:
    is_team = ports.homes.team(event_type.home) is not None
    return f"the members of {event_type.home} invite" if is_team else f"{event_type.home} invites"


def _invite(
    ports: Ports, event_type: EventType, maker: Host, wanted: Wanted, terms: Terms, now: datetime
) -> Invite:
    at = now.replace(microsecond=0)
    return Invite(
        id=ports.ids.invite(),
        home=event_type.home,
        event_type=event_type.id,
        made_by=maker.home,
        made_at=at,
        # A wrong number of days is told once, and not again for each person.
        expires_at=at + timedelta(days=min(max(terms.days, 1), VALID_MAX_DAYS)),
        name=one_line(wanted.name),
        email=wanted.email.strip(),
        message=paragraphs(wanted.message).strip(),
        language=wanted.language.strip() or maker.language,
        uses_max=terms.uses_max,
    )


def _told(wanted: Wanted, found: Mapping[str, str]) -> Mapping[str, str]:
    """Return faults as they are told: those of a line of a list together."""
    if not wanted.where or not found:
        return found
    return {wanted.where: "; ".join(f"{name} {fault}" for name, fault in found.items())}
