"""How /v1 names an event type."""

from server.domain.errors import Invalid, NotFound
from server.domain.event_type import EventType
from server.domain.host import Host
from server.domain.identity import Home
from server.domain.permissions import Acting, Permission, may
from server.ports import Ports
from server.usecases.booking import offer
from server.usecases.booking.groups import JOINT
from server.usecases.invite.open import Invited


def addressed(
    ports: Ports, name: str, invited: Invited | None = None, acting: Acting | None = None
) -> tuple[Host, EventType]:
    """Return the event type that an `evt_…` id or `host/slug` names; raises Invalid when nothing is named, or NotFound.

    What not everybody may book is there for those alone who are invited to it (C18), and for the keys of whose it is.
    """
    if not name:
        raise Invalid(
            "An event type must be named.", {"event_type_id": "is required: an evt_… id or host/slug"}
        )
    home, slash, slug = name.partition("/")
    if not slash:
        event_type = ports.homes.event_type_by_id(name)
        if event_type is None:
            raise NotFound(offer.NOTHING)
        home, slug = event_type.home, event_type.slug
    if invited is None:
        owner = Home(home.partition(JOINT)[0])
        is_own = acting is not None and may(acting, Permission.VIEW, owner)
        return (offer.find_unlisted if is_own else offer.find)(ports, home, slug)
    if (invited.host.home, invited.event_type.slug) != (home, slug):
        raise NotFound(offer.NOTHING)
    return invited.host, invited.event_type
