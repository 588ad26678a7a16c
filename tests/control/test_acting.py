"""Commands in the name of a host: own things are theirs, others' are answered as if they were not there."""

from collections.abc import Callable

import msgspec
import pytest

from server.adapters.memory import memory_ports
from server.control import bookings, event_types, hosts
from server.control.acting import ActingCommand
from server.control.commands import HANDLERS, Request
from server.control.event_type_view import EventTypeView
from server.control.views import BookingDetails, BookingView, HostWithPassword
from server.domain.booking import Actor
from server.ports import Ports
from server.usecases.booking import create
from server.usecases.booking.create import NewBooking
from tests.builders import DAY, NOW, at
from tests.control.test_commands import ALICE, INTRO, book, refused, told

FRIEND = "Fay <fay@example.net>"
ABOUT_BOOKINGS: dict[str, Callable[[str], Request]] = {
    "show": bookings.ShowBooking,
    "cancel": bookings.CancelBooking,
    "confirm": bookings.ConfirmBooking,
    "decline": lambda id_: bookings.DeclineBooking(booking=id_),
    "reschedule": lambda id_: bookings.RescheduleBooking(booking=id_, date=DAY, time="11:00"),
    "add guest": lambda id_: bookings.AddGuest(id_, FRIEND),
    "remove guest": lambda id_: bookings.RemoveGuest(id_, FRIEND),
}
ABOUT_HOMES: dict[str, Callable[[str], Request]] = {
    "create": lambda home: book("11:00", home=home),
    "list": lambda home: bookings.ListBookings(home=home),
    "create type": lambda home: event_types.CreateEventType(home=home, slug="new"),
    "edit type": lambda home: event_types.EditEventType(home=home, slug="intro", title="New"),
    "list types": event_types.ListEventTypes,
    "show type": lambda home: event_types.ShowEventType(home, "intro"),
    "delete type": lambda home: event_types.DeleteEventType(home, "intro"),
}


def acting(home: str, request: Request) -> Request:
    assert isinstance(request, ActingCommand)
    return msgspec.structs.replace(request, acting=home)


@pytest.fixture
async def ports() -> Ports:
    """Return ports with the hosts alice, who has the event type `intro`, and bob, who has none."""
    made = memory_ports(NOW)
    await told(made, ALICE, HostWithPassword)
    await told(made, msgspec.structs.replace(INTRO, guests_max=3, requires_confirmation=True), EventTypeView)
    await told(made, hosts.AddHost(home="bob", email="bob@example.org", zone="UTC"), HostWithPassword)
    return made


async def asked(ports: Ports, home: str = "alice") -> str:
    wish = NewBooking(
        home=home, slug="intro", start=at(f"{DAY} 10:00"), name="Gus", email="gus@example.net", zone="UTC"
    )
    return (await create.create(ports, wish, Actor.GUEST, NOW)).id


def test_every_command_about_bookings_and_event_types_is_in_the_matrix() -> None:
    kinds = {kind for kind in HANDLERS if kind.__module__ in {bookings.__name__, event_types.__name__}}
    made = [make("x") for make in (*ABOUT_BOOKINGS.values(), *ABOUT_HOMES.values())]
    assert {type(request) for request in made} == kinds


@pytest.mark.parametrize("name", ABOUT_BOOKINGS)
async def test_a_foreign_booking_is_answered_as_one_that_is_not_there(ports: Ports, name: str) -> None:
    """C28, S2.56"""
    id_, make = await asked(ports), ABOUT_BOOKINGS[name]
    foreign = await refused(ports, acting("bob", make(id_)))
    assert foreign == await refused(ports, acting("bob", make("bk_aaaaaaaaaaaaaaaz")))
    assert foreign.code == "not_found"
    shown = await told(ports, bookings.ShowBooking(id_), BookingDetails)
    assert [line.action for line in shown.trail] == ["create"]


@pytest.mark.parametrize("name", [name for name in ABOUT_BOOKINGS if name != "remove guest"])
async def test_the_own_booking_is_shown_and_changed(ports: Ports, name: str) -> None:
    """C28, S1.20, S1.24, S1.38, S1.39, S2.52, S2.53, S2.54: the default host has all permissions on the own."""
    id_ = await asked(ports)
    await told(ports, acting("alice", ABOUT_BOOKINGS[name](id_)), object)


async def test_a_guest_is_taken_off_the_own_booking(ports: Ports) -> None:
    """C28"""
    id_ = await asked(ports)
    await told(ports, acting("alice", bookings.AddGuest(id_, FRIEND)), BookingView)
    after = await told(ports, acting("alice", bookings.RemoveGuest(id_, FRIEND)), BookingView)
    assert after.guests == []


@pytest.mark.parametrize("name", ABOUT_HOMES)
async def test_a_foreign_home_is_answered_as_one_that_is_not_there(ports: Ports, name: str) -> None:
    """C28, S2.52"""
    make = ABOUT_HOMES[name]
    foreign, unknown = [await refused(ports, acting("bob", make(home))) for home in ("alice", "carol")]
    assert foreign.code == "not_found"
    assert foreign.message.replace("alice", "carol") == unknown.message
    assert (await told(ports, event_types.ShowEventType("alice", "intro"), EventTypeView)).title == "intro"
    assert await told(ports, bookings.ListBookings(view="all"), list[BookingView]) == []


@pytest.mark.parametrize("name", ABOUT_HOMES)
async def test_in_the_own_home_everything_is_allowed(ports: Ports, name: str) -> None:
    """C28"""
    await told(ports, acting("alice", ABOUT_HOMES[name]("alice")), object)


async def test_lists_and_new_bookings_without_a_home_are_of_the_host_who_acts(ports: Ports) -> None:
    """C28, S2.56"""
    id_ = await asked(ports)
    mine, theirs = [
        await told(ports, acting(home, bookings.ListBookings()), list[BookingView])
        for home in ("alice", "bob")
    ]
    assert ([one.id for one in mine], theirs) == ([id_], [])
    kinds = await told(ports, acting("bob", event_types.ListEventTypes()), list[EventTypeView])
    assert kinds == []
    made = await told(ports, acting("alice", book("14:00", home=None)), BookingView)
    assert made.home == "alice"


async def test_a_co_host_sees_a_booking_and_leaves_changing_it_to_the_organizer(ports: Ports) -> None:
    """C28: nor does the guest's own page stand in it, by which it could be changed all the same."""
    id_ = await asked(ports, "alice+bob")
    shown = await told(ports, acting("bob", bookings.ShowBooking(id_)), BookingDetails)
    assert (shown.id, shown.manage) == (id_, None)
    assert (await told(ports, acting("alice", bookings.ShowBooking(id_)), BookingDetails)).manage is not None
    for name, make in ABOUT_BOOKINGS.items():
        if name != "show":
            assert (await refused(ports, acting("bob", make(id_)))).code == "not_yours", name


async def test_of_what_waits_for_its_guests_address_hosts_do_not_know(ports: Ports) -> None:
    await told(
        ports, event_types.EditEventType(home="alice", slug="intro", confirm_address=True), EventTypeView
    )
    id_ = await asked(ports)
    assert (await refused(ports, acting("alice", bookings.ShowBooking(id_)))).code == "not_found"
    assert (await told(ports, bookings.ShowBooking(id_), BookingDetails)).id == id_


async def test_nobody_acts_as_a_host_who_is_not_there(ports: Ports) -> None:
    assert (
        await refused(ports, acting("carol", bookings.ListBookings()))
    ).message == "There is no host carol."


async def test_a_host_may_act_without_a_notice_and_the_trail_says_so(ports: Ports) -> None:
    """C9"""
    made = await told(ports, book("10:00"), BookingView)
    move = bookings.RescheduleBooking(booking=made.id, date=DAY, time="11:00", notify=False)
    await told(ports, move, BookingView)
    await told(ports, bookings.CancelBooking(made.id, notify=False), BookingView)
    shown = await told(ports, bookings.ShowBooking(made.id), BookingDetails)
    assert [line.unannounced for line in shown.trail] == [False, True, True]
    assert [(mail.kind, mail.recipient) for mail in shown.mails[2:]] == [
        ("rescheduled_bare", 1),
        ("cancelled_bare", 1),
        ("cancelled", 0),
    ]
