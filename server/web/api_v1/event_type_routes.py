"""/v1/event-types: what can be booked, made and changed by programs (S5.50)."""

from collections.abc import Awaitable

from aiohttp import web

from server.domain.errors import Invalid, NotFound, NotPermitted
from server.domain.event_type import EventType
from server.domain.hosts import Strategy
from server.domain.identity import EventTypeId, Home, Slug
from server.domain.permissions import Permission, authorise, demand
from server.domain.plain import sentence
from server.ports import Ports
from server.usecases.api_key.open import Caller
from server.usecases.event_type.allowed import find_as, members, visible
from server.usecases.event_type.create import create
from server.usecases.event_type.delete import delete as delete_event_type
from server.usecases.event_type.edit import edit
from server.usecases.host.find import nobody
from server.usecases.team.find import find_owner
from server.web.api_v1 import event_type_json, rule_json
from server.web.api_v1.asking import as_json, body_of, caller_of, done_once
from server.web.api_v1.event_type_shapes import (
    EventTypeChanges,
    EventTypePage,
    EventTypeQuery,
    EventTypeWish,
    Rules,
)
from server.web.api_v1.shapes import parse, parse_query
from server.web.keys import ports_of

REAL = sentence("A test key changes nothing that is real.")


async def list_(request: web.Request) -> web.Response:
    """List the event types that the key may see, oldest first, page by page."""
    ports, query = ports_of(request), parse_query(request.query, EventTypeQuery)
    found = list(visible(ports, caller_of(request).acting))
    if query.host:
        found = [one for one in found if one.home == query.host]
    if query.starting_after:
        at = next((at for at, one in enumerate(found) if one.id == query.starting_after), None)
        if at is None:
            raise Invalid("This page cannot be found.", {"starting_after": "is no event type of this list"})
        found = found[at + 1 :]
    data = [event_type_json.rendered(ports, one) for one in found[: query.limit]]
    return as_json(EventTypePage(data=data, has_more=len(found) > query.limit))


async def get(request: web.Request) -> web.Response:
    """Show an event type."""
    return _shown(request, _found(request, Permission.VIEW))


async def post(request: web.Request) -> web.Response:
    """Make an event type; guests move its bookings at once, unless it says otherwise (C1)."""
    ports, caller = ports_of(request), caller_of(request)
    demand(caller.acting, Permission.EDIT)
    _refuse_test(caller)
    body = await body_of(request)
    wish = parse(body, EventTypeWish)
    home = Home(wish.host or caller.acting.home or "")
    if not home:
        raise Invalid("Please check the named fields.", {"host": "is required with a key of the site"})
    authorise(caller.acting, Permission.EDIT, home, members(ports, home), unknown=nobody(home))
    draft = event_type_json.changed(ports, wish)(_blank(ports, home))

    async def work(_: str | None) -> str:
        return (await _saving(create(ports, draft))).id

    made = ports.homes.event_type_by_id(await done_once(request, caller.key.id, body, work))
    if made is None:
        raise NotFound("There is no such event type.")
    return _shown(request, made, status=201)


async def patch(request: web.Request) -> web.Response:
    """Change an event type; what is not named stays."""
    ports, present = ports_of(request), _found(request, Permission.EDIT)
    change = event_type_json.changed(ports, parse(await body_of(request), EventTypeChanges))
    return _shown(request, await _saving(edit(ports, present.home, present.slug, change)))


async def delete(request: web.Request) -> web.Response:
    """Delete an event type and show what it was; its bookings stay."""
    ports, present = ports_of(request), _found(request, Permission.DELETE)
    answer = event_type_json.rendered(ports, present)
    await delete_event_type(ports, present.home, present.slug)
    return as_json(answer)


async def get_rules(request: web.Request) -> web.Response:
    """Show when an event type can be booked."""
    return _shown_rules(request, _found(request, Permission.VIEW))


async def put_rules(request: web.Request) -> web.Response:
    """Say anew when an event type can be booked: what was said before is gone."""
    ports, present = ports_of(request), _found(request, Permission.EDIT)
    wish = parse(await body_of(request), Rules)
    saved = await _saving(edit(ports, present.home, present.slug, lambda one: rule_json.ruled(one, wish)))
    return _shown_rules(request, saved)


def _found(request: web.Request, permission: Permission) -> EventType:
    caller = caller_of(request)
    found = find_as(ports_of(request), caller.acting, request.match_info["id"], permission)
    if permission is not Permission.VIEW:
        _refuse_test(caller)
    return found


def _refuse_test(caller: Caller) -> None:
    """Raise NotPermitted for a test key: event types are real, whoever tries out their bookings (C38)."""
    if caller.key.is_test:
        raise NotPermitted(REAL)


def _blank(ports: Ports, home: Home) -> EventType:
    strategy = Strategy.INDIVIDUAL if ports.homes.team(home) is None else Strategy.ROUND_ROBIN
    return EventType(id=EventTypeId(""), number=0, home=home, slug=Slug(""), title="", strategy=strategy)


async def _saving(saved: Awaitable[EventType]) -> EventType:
    """Return what was saved; a refusal names the fields as programs know them."""
    try:
        return await saved
    except Invalid as error:
        raise event_type_json.renamed(error) from error


def _shown(request: web.Request, event_type: EventType, status: int = 200) -> web.Response:
    return as_json(event_type_json.rendered(ports_of(request), event_type), status)


def _shown_rules(request: web.Request, event_type: EventType) -> web.Response:
    return as_json(rule_json.rendered(event_type, find_owner(ports_of(request), event_type.home)))
