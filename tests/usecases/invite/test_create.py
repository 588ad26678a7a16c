"""Who may invite whom to what; a list is taken whole or not at all."""

from dataclasses import replace
from datetime import timedelta

import pytest

from server.domain.errors import Invalid, NotFound
from server.domain.identity import Home
from server.ports import Ports
from server.usecases.invite.create import BULK_MAX, Terms, Wanted, create
from tests.builders import NOW
from tests.contracts.ledger_steps import ALICE

IVY = Wanted(name=" Ivy  Invited ", email=" ivy@example.net ", message="Come\r\nand see. ")


async def invited(ports: Ports, slug: str, terms: Terms = Terms(), *wanted: Wanted) -> int:
    return len(await create(ports, ("alice", slug), wanted or (IVY,), terms, NOW))


async def test_an_invite_is_kept_as_it_was_meant(ports: Ports) -> None:
    (made,) = await create(ports, ("alice", "private"), [IVY], Terms(days=7, uses_max=3), NOW)
    assert (made.name, made.email, made.message) == ("Ivy Invited", "ivy@example.net", "Come\nand see.")
    assert (made.home, made.made_by, made.language, made.uses_max) == ("alice", "alice", "en", 3)
    assert made.expires_at - made.made_at == timedelta(days=7)
    assert ports.homes.invite(made.id) == made


@pytest.mark.parametrize(
    ("slug", "maker", "uses", "may"),
    [
        ("public", "alice", 5, True),
        ("internal", "alice", 5, True),
        ("private", "alice", 5, True),
        ("internal", "bob", 1, True),
        ("internal", "bob", 2, False),
        ("private", "bob", 1, False),
        ("public", "bob", 1, False),
    ],
)
async def test_colleagues_invite_once_to_what_is_internal_and_its_host_to_anything(
    ports: Ports, slug: str, maker: str, uses: int, may: bool
) -> None:
    """S1.2."""
    terms = Terms(made_by=maker, uses_max=uses)
    if may:
        assert await invited(ports, slug, terms) == 1
        return
    with pytest.raises(Invalid):
        await invited(ports, slug, terms)
    assert list(ports.homes.invites(ALICE)) == []


async def test_who_is_disabled_invites_nobody(ports: Ports) -> None:
    bob = ports.homes.host("bob")
    assert bob is not None
    await ports.homes.save_host(replace(bob, disabled=True))
    with pytest.raises(Invalid, match="Nobody was invited") as refused:
        await invited(ports, "internal", Terms(made_by="bob"))
    assert refused.value.fields == {"as": "bob is disabled"}


async def test_a_colleagues_invite_is_in_the_colleagues_language_and_the_hosts_home(ports: Ports) -> None:
    (made,) = await create(ports, ("alice", "internal"), [IVY], Terms(made_by="bob"), NOW)
    assert (made.language, made.home, made.made_by) == ("de", "alice", "bob")


async def test_of_a_list_every_wrong_line_is_told_and_nobody_is_invited(ports: Ports) -> None:
    people = [
        Wanted(name="Ada", email="ada@example.net", where="line 2"),
        Wanted(name="Ben", email="ben at home", language="no such thing", where="line 3"),
        Wanted(name="Ada again", email="ADA@example.net", where="line 4"),
        Wanted(name="Nobody", where="line 5"),
    ]
    with pytest.raises(Invalid) as refused:
        await invited(ports, "private", Terms(), *people)
    assert list(refused.value.fields) == ["line 3", "line 4", "line 5"]
    assert "email must be a mail address" in refused.value.fields["line 3"]
    assert "language must be" in refused.value.fields["line 3"]
    assert refused.value.fields["line 4"] == "email stands in line 2 already"
    assert refused.value.fields["line 5"] == "email is missing"
    assert list(ports.homes.invites(ALICE)) == []


@pytest.mark.parametrize("terms", [Terms(days=0), Terms(days=731), Terms(uses_max=0), Terms(days=10**9)])
async def test_terms_that_cannot_be_are_told_once(ports: Ports, terms: Terms) -> None:
    with pytest.raises(Invalid) as refused:
        await invited(ports, "private", terms)
    assert len(refused.value.fields) == 1


async def test_those_without_an_address_are_not_taken_for_one_another(ports: Ports) -> None:
    assert await invited(ports, "private", Terms(), Wanted(name="Ada"), Wanted(name="Ben")) == 2


async def test_a_list_has_its_bounds(ports: Ports) -> None:
    people = [Wanted(email=f"p{at}@example.net", where=f"line {at}") for at in range(BULK_MAX + 1)]
    for wanted in ([], people):
        with pytest.raises(Invalid) as refused:
            await create(ports, ("alice", "private"), wanted, Terms(), NOW)
        assert list(refused.value.fields) == ["list"]
    assert await invited(ports, "private", Terms(), *people[:BULK_MAX]) == BULK_MAX


@pytest.mark.parametrize(("slug", "maker"), [("nothing", "alice"), ("private", "nobody")])
async def test_what_is_not_there_is_not_found(ports: Ports, slug: str, maker: str) -> None:
    with pytest.raises(NotFound):
        await create(ports, (Home("alice"), slug), [IVY], Terms(made_by=maker), NOW)
