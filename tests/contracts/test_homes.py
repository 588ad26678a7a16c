"""What the homes promise, in memory or as files."""

from dataclasses import replace

import pytest

from server.domain.errors import Invalid
from server.domain.identity import Home, Slug
from server.ports import Homes, RevisionMismatch
from tests.builders import event_type, host

ALICE = Home("alice")


async def test_a_saved_profile_is_returned_one_revision_further(homes: Homes) -> None:
    saved = await homes.save_host(host())
    assert saved == replace(host(), revision=1)
    assert homes.host("alice") == saved


async def test_hosts_are_listed_by_home_disabled_ones_included(homes: Homes) -> None:
    for number, home in enumerate(("carol", "alice", "bob"), start=1):
        await homes.save_host(host(home, number=number, disabled=home == "bob"))
    assert [one.home for one in homes.hosts()] == ["alice", "bob", "carol"]


async def test_an_unknown_home_has_no_host_and_no_event_types(homes: Homes) -> None:
    assert homes.host("nobody") is None
    assert list(homes.event_types(Home("nobody"))) == []
    assert homes.event_type("nobody", "intro") is None
    assert homes.event_type_by_id("evt_x") is None
    assert homes.version(Home("nobody")) == 0


async def test_a_profile_that_was_changed_meanwhile_is_not_overwritten(homes: Homes) -> None:
    first = await homes.save_host(host())
    await homes.save_host(replace(first, name="Alice Newname"))
    with pytest.raises(RevisionMismatch):
        await homes.save_host(replace(first, name="Alice Lostname"))
    found = homes.host("alice")
    assert found is not None
    assert found.name == "Alice Newname"


async def test_a_new_profile_does_not_replace_one_that_is_there(homes: Homes) -> None:
    await homes.save_host(host())
    with pytest.raises(RevisionMismatch):
        await homes.save_host(host(name="Another Alice"))


async def test_an_event_type_is_found_by_slug_and_by_id(homes: Homes) -> None:
    saved = await homes.save_event_type(event_type("intro"))
    assert saved == replace(event_type("intro"), revision=1)
    assert homes.event_type("alice", "intro") == saved
    assert homes.event_type_by_id(saved.id) == saved
    assert homes.event_type("bob", "intro") is None


async def test_event_types_are_listed_by_number_disabled_ones_included(homes: Homes) -> None:
    for number, slug in ((4, "first"), (2, "second"), (3, "third")):
        await homes.save_event_type(event_type(slug, number=number, enabled=number != 3))
    assert [one.slug for one in homes.event_types(ALICE)] == ["second", "third", "first"]


async def test_two_event_types_of_a_host_cannot_have_one_slug(homes: Homes) -> None:
    await homes.save_event_type(event_type("intro", number=2))
    with pytest.raises(Invalid) as refused:
        await homes.save_event_type(event_type("intro", number=3))
    assert list(refused.value.fields) == ["slug"]
    assert len(homes.event_types(ALICE)) == 1


async def test_two_hosts_may_use_the_same_slug(homes: Homes) -> None:
    await homes.save_event_type(event_type("intro", number=2))
    await homes.save_event_type(event_type("intro", number=3, home="bob"))
    assert homes.event_type("bob", "intro") != homes.event_type("alice", "intro")


async def test_a_changed_slug_frees_the_old_one(homes: Homes) -> None:
    saved = await homes.save_event_type(event_type("intro", number=2))
    await homes.save_event_type(replace(saved, slug=Slug("hello")))
    assert homes.event_type("alice", "intro") is None
    await homes.save_event_type(event_type("intro", number=3))


async def test_an_event_type_that_was_changed_meanwhile_is_not_overwritten(homes: Homes) -> None:
    first = await homes.save_event_type(event_type())
    await homes.save_event_type(replace(first, title="New"))
    with pytest.raises(RevisionMismatch):
        await homes.save_event_type(replace(first, title="Lost"))


async def test_a_deleted_event_type_is_gone_and_can_be_deleted_again(homes: Homes) -> None:
    saved = await homes.save_event_type(event_type())
    await homes.delete_event_type(saved)
    await homes.delete_event_type(saved)
    assert list(homes.event_types(ALICE)) == []
    assert homes.event_type_by_id(saved.id) is None


async def test_a_number_is_given_once_even_when_what_had_it_is_deleted(homes: Homes) -> None:
    first = homes.next_number()
    saved = await homes.save_event_type(event_type(number=first + 5))
    await homes.delete_event_type(saved)
    assert homes.next_number() == first + 6
    assert homes.next_number() == first + 7


async def test_the_version_of_a_home_rises_with_each_change_of_its_files_and_no_others(homes: Homes) -> None:
    versions = [homes.version(ALICE)]
    await homes.save_host(host())
    versions.append(homes.version(ALICE))
    saved = await homes.save_event_type(event_type())
    versions.append(homes.version(ALICE))
    await homes.delete_event_type(saved)
    versions.append(homes.version(ALICE))
    assert versions == sorted(set(versions))
    before = homes.version(None)
    await homes.save_host(host("bob", number=9))
    assert homes.version(ALICE) == versions[-1]
    assert homes.version(None) > before
