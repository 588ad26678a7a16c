"""What hosts noted about a booking, on the page of its guest."""

from server.domain.booking import Actor
from server.domain.identity import Home
from server.ports import Ports
from server.usecases.booking import look, notes
from tests.builders import NOW
from tests.web.guest.conftest import Book, Guest


async def test_a_guest_reads_what_is_not_private(guest: Guest, book: Book, ports: Ports) -> None:
    """C42"""
    path = await book()
    (record,) = await ports.ledger.bookings(home=Home("alice"))
    for content, is_private in (("Pays <late>.", True), ("Bring the <plans>.", False)):
        looked = await look.by_id(ports, record.id)
        await notes.add(ports, looked, content, Actor.HOST, NOW, is_private=is_private)
    words = (await guest.open(path)).words
    assert "From Alice Example Bring the <plans>." in words
    assert "Pays" not in words
