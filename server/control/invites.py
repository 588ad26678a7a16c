"""Commands about invites."""

from collections.abc import Sequence

import msgspec

from server.control.command import Command
from server.control.views import instant
from server.domain.identity import BookingId
from server.domain.invites import VALID_DAYS, Invite
from server.ports import Ports
from server.usecases.invite import change
from server.usecases.invite.create import Terms, Wanted, create
from server.usecases.invite.open import link_of, token_of
from server.usecases.team.find import every_home, find_owner


class Person(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Somebody to invite; `where` says which line of a list it is."""

    name: str = ""
    email: str = ""
    message: str = ""
    language: str = ""
    where: str = ""


class CreateInvites(Command, tag="invite.create", kw_only=True):
    """Invite people to an event type, all or nobody; those with an address are mailed unless `mail` is off."""

    home: str
    slug: str
    people: list[Person]
    made_by: str | None = None
    days: int = VALID_DAYS
    uses_max: int = 1
    mail: bool = True


class ListInvites(Command, tag="invite.list"):
    """List the invites to the event types of a home, or of all."""

    home: str | None = None


class RevokeInvites(Command, tag="invite.revoke"):
    """End invites: their links open nothing from now on."""

    ids: list[str]


class SendInvites(Command, tag="invite.send"):
    """Mail invites again; with `new_link` the links before open nothing from now on."""

    ids: list[str]
    new_link: bool = False


class InviteView(msgspec.Struct, kw_only=True):
    """An invite as operators see it; `slug` is None where its event type is gone, `bookings` are those made by it."""

    id: str
    home: str
    slug: str | None
    name: str
    email: str
    message: str
    language: str
    state: str
    uses: int
    uses_max: int
    bookings: list[str]
    made: str
    made_by: str
    expires: str
    link: str

    @classmethod
    def of(cls, ports: Ports, invite: Invite, bookings: Sequence[BookingId]) -> "InviteView":
        """Return the view of an invite."""
        kind = ports.homes.event_type_by_id(invite.event_type)
        return cls(
            id=invite.id,
            home=invite.home,
            slug=None if kind is None else kind.slug,
            name=invite.name,
            email=invite.email,
            message=invite.message,
            language=invite.language,
            state=invite.state(len(bookings), ports.clock.now()).value,
            uses=len(bookings),
            uses_max=invite.uses_max,
            bookings=list(bookings),
            made=instant(int(invite.made_at.timestamp())),
            made_by=invite.made_by,
            expires=instant(int(invite.expires_at.timestamp())),
            link=link_of(ports, invite) or f"/i/{token_of(ports, invite)}",
        )


class InvitesMade(msgspec.Struct):
    """The invites that were made, how many of them are mailed, and why the others with an address are not."""

    invites: list[InviteView]
    mailed: int
    unmailed: str


async def create_invites(ports: Ports, asked: CreateInvites) -> InvitesMade:
    """Invite people."""
    wanted = [
        Wanted(name=one.name, email=one.email, message=one.message, language=one.language, where=one.where)
        for one in asked.people
    ]
    terms = Terms(made_by=asked.made_by, days=asked.days, uses_max=asked.uses_max)
    now = ports.clock.now()
    made = await create(ports, (asked.home, asked.slug), wanted, terms, now)
    to_mail = [one for one in made if one.email and asked.mail]
    unmailed = ""
    if to_mail and ports.site.base_url is None:
        to_mail, unmailed = [], "a mail needs base_url, so that its link leads somewhere"
    elif to_mail:
        await change.send(ports, to_mail, now)
    return InvitesMade(await _views(ports, made), len(to_mail), unmailed)


async def list_invites(ports: Ports, asked: ListInvites) -> list[InviteView]:
    """Return invites, oldest first in each home."""
    homes = every_home(ports) if asked.home is None else [find_owner(ports, asked.home).home]
    return await _views(ports, [one for home in homes for one in ports.homes.invites(home)])


async def revoke_invites(ports: Ports, asked: RevokeInvites) -> list[InviteView]:
    """End invites, all of them or, where one is not known, none."""
    for id_ in asked.ids:
        change.find(ports, id_)
    now = ports.clock.now()
    return await _views(ports, [await change.revoke(ports, id_, now) for id_ in asked.ids])


async def send_invites(ports: Ports, asked: SendInvites) -> list[InviteView]:
    """Mail invites again, all of them or, where one cannot be mailed, none."""
    now = ports.clock.now()
    invites = [change.find(ports, id_) for id_ in asked.ids]
    await change.demand_mailable(ports, invites, now)
    if asked.new_link:
        invites = [await change.renew(ports, one.id) for one in invites]
    await change.send(ports, invites, now)
    return await _views(ports, invites)


async def _views(ports: Ports, invites: Sequence[Invite]) -> list[InviteView]:
    bookings = await ports.ledger.invite_uses([one.id for one in invites])
    return [InviteView.of(ports, one, bookings.get(one.id, ())) for one in invites]
