"""What homes promise of invites, in memory or as files."""

from dataclasses import replace

import pytest

from server.domain.identity import Home
from server.ports import Homes, RevisionMismatch
from tests.builders import NOW, event_type, invite
from tests.contracts.ledger_steps import ALICE

BOB = event_type(home="bob", number=9)


async def test_saved_invites_are_found_by_id_and_by_home_oldest_first(homes: Homes) -> None:
    later = replace(invite(1), made_at=NOW.replace(hour=9))
    saved = await homes.save_invites([later, invite(2), invite(3, kind=BOB)])
    assert [one.revision for one in saved] == [1, 1, 1]
    assert [one.id for one in homes.invites(ALICE)] == [invite(2).id, invite(1).id]
    assert homes.invite(invite(3).id) == saved[2]
    assert homes.invite("inv_x") is None
    assert list(homes.invites(Home("nobody"))) == []


async def test_an_invite_that_was_changed_meanwhile_is_not_overwritten_nor_is_any_other(homes: Homes) -> None:
    (first,) = await homes.save_invites([invite()])
    await homes.save_invites([replace(first, revoked_at=NOW)])
    with pytest.raises(RevisionMismatch):
        await homes.save_invites([invite(2), replace(first, message="Lost")])
    assert [one.message for one in homes.invites(ALICE)] == [first.message]
    found = homes.invite(first.id)
    assert found is not None
    assert found.revoked_at == NOW


async def test_deleted_invites_are_gone_and_can_be_deleted_again(homes: Homes) -> None:
    saved = await homes.save_invites([invite(), invite(2)])
    await homes.delete_invites(saved[:1])
    await homes.delete_invites(saved[:1])
    assert [one.id for one in homes.invites(ALICE)] == [invite(2).id]
    assert homes.invite(invite().id) is None


async def test_invites_change_nothing_that_is_offered(homes: Homes) -> None:
    before = homes.version(ALICE)
    await homes.delete_invites(await homes.save_invites([invite()]))
    assert homes.version(ALICE) == before
