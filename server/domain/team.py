"""A team: several hosts who can be booked at one address, as the file in the team's home tells it.

A team's home holds its file, its event types and its invites. It has no calendars and nobody signs in to it: what is booked
with a team stands in the calendars of its members.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from server.domain.host import Host
from server.domain.host import faults as faults_of_host
from server.domain.hours import ALWAYS, Hours
from server.domain.identity import Home

MEMBERS_MAX = 200
WEIGHT_MAX = 1000
PRIORITY_MAX = 1000


class Role(StrEnum):
    """What a host is in a team: one who can be booked, or one who looks after the team as well."""

    MEMBER = "member"
    MANAGER = "manager"


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A host as a part of a team; a `weight` of 0 keeps them out of the rotation, who is not `active` takes no part."""

    home: Home
    weight: int = 100
    role: Role = Role.MEMBER
    active: bool = True
    priority: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """A team's file. Guests are mailed in its name, from `email`; `hours` bound those of the members, in its `zone`.

    One that is `private` does not exist for who was not invited. Members stand in the order in which they came.
    """

    home: Home
    number: int
    name: str
    email: str
    zone: str = "UTC"
    language: str = "en"
    about: str = ""
    hours: Hours = ALWAYS
    private: bool = False
    members: tuple[Member, ...] = ()
    disabled: bool = False
    revision: int = 0

    def member(self, home: str) -> Member | None:
        """Return a host as a member, active or not; None who is none."""
        return next((one for one in self.members if one.home == home), None)

    @property
    def managers(self) -> frozenset[Home]:
        """Return who looks after the team, whether they can be booked or not."""
        return frozenset(one.home for one in self.members if one.role is Role.MANAGER)


def face(team: Team) -> Host:
    """Return the team as the host that pages and mails show: its name, address, zone and hours, and no calendars."""
    return Host(
        home=team.home,
        number=team.number,
        name=team.name,
        email=team.email,
        zone=team.zone,
        language=team.language,
        about=team.about,
        hours=team.hours,
        blocking=(),
        freebusy_public=False,
        groups_allowed=False,
        dav_password=False,
        disabled=team.disabled,
        revision=team.revision,
    )


def faults(team: Team) -> Mapping[str, str]:
    """Return what is wrong with a team, field by field; empty when all is well."""
    found = dict(faults_of_host(face(team)))
    wrong = _members_fault(team.members)
    return found if wrong is None else found | {"members": wrong}


def _members_fault(members: Sequence[Member]) -> str | None:
    if len(members) > MEMBERS_MAX:
        return f"may be {MEMBERS_MAX}, not {len(members)}"
    if len({one.home for one in members}) < len(members):
        return "may each be named once"
    for one in members:
        if not 0 <= one.weight <= WEIGHT_MAX:
            return f"have weights from 0 to {WEIGHT_MAX}, and {one.home} has {one.weight}"
        if not 0 <= one.priority <= PRIORITY_MAX:
            return f"have priorities from 0 to {PRIORITY_MAX}, and {one.home} has {one.priority}"
    return None
