"""What a guest meets who was invited: the booking page of one event type, for as long as the invite holds."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from server.adapters.memory.clock import FixedClock
from server.domain.event_type import Visibility
from server.domain.invites import Invite
from server.ports import Ports
from server.usecases.invite import change
from server.usecases.invite.open import token_of
from tests.builders import NOW, event_type, host, invite, settle_in
from tests.web.guest.conftest import Guest

START = "2026-03-02T09:00Z"
PRIVATE = replace(event_type("hush", number=8, title="Hush"), visibility=Visibility.PRIVATE)

Invites = Callable[..., Awaitable[str]]


@pytest.fixture
async def invited(ports: Ports) -> Invites:
    """Return what saves an invite to alice's private event type and returns the path of its page."""
    await ports.homes.save_event_type(PRIVATE)

    async def save(wanted: Invite | None = None) -> str:
        (saved,) = await ports.homes.save_invites([wanted or invite(kind=PRIVATE)])
        return f"/i/{token_of(ports, saved)}"

    return save


async def test_an_invite_leads_to_the_booking_page_with_its_message(guest: Guest, invited: Invites) -> None:
    """S1.2, S1.7."""
    page = await guest.open(path := await invited())
    assert page.status == 200
    assert [
        word for word in ("Hush", "Alice Example invites you", "Come and see.") if word not in page.words
    ] == []
    assert "works until Wednesday, April 1, 2026" in page.words
    assert page.slots[0].startswith(f"{path}/book?start=")
    assert {link.partition("?")[0] for link in page.links if link.startswith("/u/")} == {"/u/alice"}


async def test_the_form_knows_who_was_invited(guest: Guest, invited: Invites) -> None:
    """S1.7: pre-filled from the invite."""
    path = await invited()
    form = await guest.open(f"{path}/book?start={START}")
    assert (form.fields["name"], form.fields["email"]) == ("Ivy Invited", "ivy@example.net")
    taken = await guest.open(f"{path}/book?start=2026-03-02T03:00Z")
    assert (taken.status, taken.fields["name"]) == (409, "Ivy Invited")


async def test_a_booking_is_made_by_invite_without_scripts_and_knows_it(
    guest: Guest, invited: Invites, ports: Ports
) -> None:
    """S1.2, S1.9."""
    path = await invited()
    picker = await guest.open(path)
    form = await guest.open(picker.slots[3])
    page = await guest.send(f"{path}/book", form.fields | {"notes": "Hello"})
    assert (page.status, "Your meeting is booked" in page.words) == (200, True)
    uses = await ports.ledger.invite_uses([invite().id])
    assert len(uses[invite().id]) == 1
    assert not any(link.startswith("/u/alice/hush") for link in page.links)


async def test_looking_takes_no_use_however_often(guest: Guest, invited: Invites, ports: Ports) -> None:
    path = await invited()
    for _ in range(3):
        await guest.open(path)
        await guest.open(f"{path}/book?start={START}")
        await guest.client.head(path)
    assert await ports.ledger.invite_uses([invite().id]) == {}


async def test_a_used_invite_says_so_and_books_no_more(guest: Guest, invited: Invites) -> None:
    path = await invited()
    form = await guest.open(f"{path}/book?start={START}")
    other = await guest.open(f"{path}/book?start=2026-03-02T10:00Z")
    assert (await guest.send(f"{path}/book", form.fields)).status == 200
    for page in (
        await guest.open(path),
        await guest.open(f"{path}/book?start={START}"),
        await guest.send(f"{path}/book", other.fields),
    ):
        assert (page.status, "This invitation has been used" in page.words) == (410, True)


async def test_a_form_that_is_sent_twice_leads_to_its_booking_both_times(
    guest: Guest, invited: Invites
) -> None:
    path = await invited()
    form = await guest.open(f"{path}/book?start={START}")
    pages = [await guest.send(f"{path}/book", form.fields) for _ in range(2)]
    assert [page.status for page in pages] == [200, 200]
    assert pages[0].path == pages[1].path


async def test_of_two_guests_with_one_link_one_books(guest: Guest, invited: Invites, ports: Ports) -> None:
    path = await invited()
    forms = [await guest.open(f"{path}/book?start=2026-03-02T{hour:02}:00Z") for hour in range(8, 14)]
    pages = await asyncio.gather(*(guest.send(f"{path}/book", form.fields) for form in forms))
    assert sorted(page.status for page in pages) == [200, 410, 410, 410, 410, 410]
    assert len(await ports.ledger.bookings()) == 1


async def test_an_expired_invite_says_so(guest: Guest, invited: Invites, clock: FixedClock) -> None:
    path = await invited(invite(kind=PRIVATE, days=2))
    form = await guest.open(f"{path}/book?start=2026-03-05T09:00Z")
    clock.move_to(NOW + timedelta(days=2))
    for page in (await guest.open(path), await guest.send(f"{path}/book", form.fields)):
        assert (page.status, "This invitation has expired" in page.words) == (410, True)


async def test_a_revoked_invite_and_a_replaced_link_end_at_once(
    guest: Guest, invited: Invites, ports: Ports
) -> None:
    path = await invited()
    renewed = await change.renew(ports, invite().id)
    assert (await guest.open(f"/i/{token_of(ports, renewed)}")).status == 200
    page = await guest.open(path)
    assert (page.status, "no longer valid" in page.words) == (410, True)
    await change.revoke(ports, invite().id, NOW)
    page = await guest.open(f"/i/{token_of(ports, renewed)}")
    assert (page.status, "no longer valid" in page.words) == (410, True)


async def test_what_proves_nothing_is_not_there(guest: Guest, invited: Invites) -> None:
    """S1.2: only a token that proves itself is told why it opens nothing."""
    path = await invited()
    unknown = await guest.open("/u/alice/unknown")
    for wrong in ("/i/x", "/i/i_", f"/i/i_{'A' * 35}", path[:-2] + "zz", path + "A"):
        page = await guest.open(wrong)
        assert (page.status, page.text) == (404, unknown.text)
        assert (await guest.open(f"{wrong}/book?start={START}")).status == 404


@pytest.mark.parametrize("gone", ["event type", "host", "colleague"])
async def test_an_invite_opens_nothing_without_its_event_type_host_or_maker(
    guest: Guest, ports: Ports, invited: Invites, gone: str
) -> None:
    bob = await settle_in(ports, host("bob", number=20))
    path = await invited(replace(invite(kind=PRIVATE), made_by=bob.home))
    assert (await guest.open(path)).status == 200
    if gone == "event type":
        kind = ports.homes.event_type("alice", "hush")
        assert kind is not None
        await ports.homes.save_event_type(replace(kind, enabled=False))
    else:
        person = ports.homes.host("alice" if gone == "host" else "bob")
        assert person is not None
        await ports.homes.save_host(replace(person, disabled=True))
    assert (await guest.open(path)).status == 404


async def test_an_invites_pages_are_kept_nowhere_and_told_to_nobody(guest: Guest, invited: Invites) -> None:
    path = await invited()
    for address in (path, f"{path}/book?start={START}"):
        headers = (await guest.client.get(address)).headers
        assert (headers["Referrer-Policy"], headers["Cache-Control"], headers["X-Robots-Tag"]) == (
            "no-referrer",
            "no-store",
            "noindex",
        )


async def test_the_free_times_are_a_feed_for_the_invited(guest: Guest, invited: Invites) -> None:
    """S1.2."""
    path = await invited()
    feed = next(link for link in (await guest.open(path)).links if link.startswith("/feeds/"))
    page = await guest.open(feed)
    assert page.status == 200
    assert f"https://book.example{path}/book?start=" in page.text.replace("\r\n ", "")
    assert "/u/alice/hush" not in page.text.replace("\r\n ", "")
    assert (await guest.open(feed.partition("?")[0])).status == 404
