"""The booking form where strangers' browsers solve a puzzle."""

import pytest

from server.ports import MailKind, Ports
from server.usecases.invite.create import Terms, Wanted
from server.usecases.invite.create import create as create_invites
from server.usecases.invite.open import token_of
from server.web.options import WebOptions
from server.web.proofs import is_proven
from tests.builders import NOW
from tests.web.guest.conftest import Guest
from tests.web.test_proofs import solve

PATH = "/u/alice/intro/book"
AT_TEN = f"{PATH}?start=2026-03-02T09:00Z"
AT_ELEVEN = f"{PATH}?start=2026-03-02T10:00Z"
BITS = 8
PARTICULARS = {"name": "Gus Guest", "email": "gus@example.net", "notes": ""}


@pytest.fixture
def options() -> WebOptions:
    """Return options with a puzzle that is solved at once."""
    return WebOptions(form_seconds_min=0, pages_per_minute=0, changes_per_hour=0, proof_of_work_bits=BITS)


async def kinds(ports: Ports) -> list[MailKind]:
    return [mail.kind for mail in await ports.ledger.mails()]


async def test_a_form_with_its_puzzle_solved_books_at_once(guest: Guest, ports: Ports) -> None:
    form = await guest.open(AT_TEN)
    assert f'data-proof-bits="{BITS}"' in form.text
    proof = solve(form.fields["ticket"], BITS)
    page = await guest.send(PATH, form.fields | PARTICULARS | {"proof": proof})
    assert "Your meeting is booked" in page.words
    assert await kinds(ports) == [MailKind.CONFIRMED, MailKind.CONFIRMED]


async def test_without_scripts_the_form_says_so_and_the_guest_is_asked_by_mail(
    guest: Guest, ports: Ports
) -> None:
    form = await guest.open(AT_TEN)
    assert "we will ask you by mail to confirm your address" in form.words
    page = await guest.fill_in(AT_TEN)
    assert "Please confirm your mail address" in page.words
    assert await kinds(ports) == [MailKind.VERIFY]


async def test_a_solution_is_good_for_one_booking(guest: Guest, ports: Ports) -> None:
    form = await guest.open(AT_TEN)
    sent = form.fields | PARTICULARS | {"proof": solve(form.fields["ticket"], BITS)}
    first = await guest.send(PATH, sent)
    again = await guest.send(PATH, sent | {"start": "2026-03-02T10:00Z", "email": "ann@example.net"})
    assert again.path == first.path
    assert len(await ports.ledger.bookings()) == 1


async def test_the_solution_of_another_form_is_none(guest: Guest, ports: Ports) -> None:
    mine = await guest.open(AT_TEN)
    others = [await guest.open(AT_ELEVEN) for _ in range(4)]
    solved = [solve(form.fields["ticket"], BITS) for form in others]
    ticket = mine.fields["ticket"]
    wrong = next(answer for answer in [*solved, "1", "2"] if not is_proven(ticket, answer, BITS))
    await guest.send(PATH, mine.fields | PARTICULARS | {"proof": wrong})
    assert await kinds(ports) == [MailKind.VERIFY]


async def test_who_was_invited_is_no_stranger(guest: Guest, ports: Ports) -> None:
    (invite,) = await create_invites(
        ports, ("alice", "intro"), [Wanted(name="Gus", email="gus@example.net")], Terms(), NOW
    )
    path = f"/i/{token_of(ports, invite)}/book?start=2026-03-02T09:00Z"
    assert "data-proof-bits" not in (await guest.open(path)).text
    assert "Your meeting is booked" in (await guest.fill_in(path)).words


async def test_what_was_booked_is_moved_and_cancelled_without_a_puzzle(guest: Guest) -> None:
    form = await guest.open(AT_TEN)
    proof = solve(form.fields["ticket"], BITS)
    path = (await guest.send(PATH, form.fields | PARTICULARS | {"proof": proof})).path.partition("/booked")[0]
    moved = await guest.fill_in(f"{path}/reschedule/confirm?start=2026-03-02T10:00Z")
    assert moved.path.endswith("/moved")
    ended = await guest.send(moved.path.replace("/moved", "/cancel"), {"reason": ""})
    assert "This meeting is cancelled" in ended.words
