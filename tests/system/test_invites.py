"""Invites in a whole installation, on disk: as many bookings as uses, whoever comes at once and whatever is copied."""

import asyncio
from pathlib import Path

from server.bootstrap import restore
from server.domain.errors import InviteOver
from server.domain.invites import Invite
from server.ports import Ports
from server.settings.model import Settings
from server.usecases.invite import change
from server.usecases.invite.create import Terms, Wanted, create
from server.usecases.invite.open import token_of
from tests.builders import NOW
from tests.installations import book, disagreements, installation, settle_alice


async def invited(ports: Ports, uses_max: int) -> Invite:
    wanted = [Wanted(name="Ivy", email="ivy@example.net")]
    terms = Terms(uses_max=uses_max)
    (made,) = await create(ports, ("alice", "intro"), wanted, terms, ports.clock.now())
    return made


async def test_of_twelve_who_come_at_once_as_many_book_as_there_are_uses(tmp_path: Path) -> None:
    """S1.2: each wants a time of their own, so nothing but the invite stands between them."""
    async with installation(tmp_path) as parts:
        ports = parts.ports
        await settle_alice(ports)
        token = token_of(ports, one := await invited(ports, 3))
        came = await asyncio.gather(
            *(book(ports, 2 * number, invite=token) for number in range(12)), return_exceptions=True
        )
        booked = sorted(found.id for found in came if not isinstance(found, BaseException))
        assert len(booked) == 3
        assert {type(found) for found in came if isinstance(found, BaseException)} == {InviteOver}
        assert await ports.ledger.invite_uses([one.id]) == {one.id: booked}
        assert await disagreements(ports) == []


async def test_a_backup_holds_invites_with_their_uses_and_links(tmp_path: Path) -> None:
    """S1.2."""
    async with installation(tmp_path / "data") as parts:
        await settle_alice(parts.ports)
        one = await invited(parts.ports, 2)
        token = token_of(parts.ports, one)
        first = await book(parts.ports, 1, invite=token)
        await change.send(parts.ports, [one], parts.ports.clock.now())
        await parts.ports.backups.make(tmp_path / "backup", NOW)
    restore(tmp_path / "backup", Settings(data=tmp_path / "restored"))
    async with installation(tmp_path / "restored") as parts:
        ports = parts.ports
        assert list(ports.homes.invites(one.home)) == [one]
        assert await ports.ledger.invite_uses([one.id]) == {one.id: [first.id]}
        assert [mail.invite for mail in await ports.ledger.mails() if mail.invite] == [one.id]
        await book(ports, 3, invite=token)
