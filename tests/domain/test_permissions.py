"""Who may see and change what."""

import pytest

from server.domain.errors import Forbidden, NotFound
from server.domain.identity import Home
from server.domain.permissions import OPERATOR, Acting, Permission, Role, authorise, may

ALICE, BOB, CAROL = Home("alice"), Home("bob"), Home("carol")
UNKNOWN = NotFound("There is no such booking.")
WHO = {
    "host": Acting(Role.HOST, BOB, frozenset({ALICE})),
    "manager": Acting(Role.MANAGER, BOB, frozenset({ALICE})),
    "admin": OPERATOR,
}


@pytest.mark.parametrize("permission", Permission)
@pytest.mark.parametrize(
    ("role", "allowed"),
    [("host", {BOB}), ("manager", {ALICE, BOB}), ("admin", {ALICE, BOB, CAROL})],
)
def test_a_role_reaches_its_own_its_teams_or_all_things(
    role: str, allowed: set[Home], permission: Permission
) -> None:
    """C28, S2.52, S2.53, S2.54, S2.56: the default host has all three permissions on what is theirs."""
    assert {home for home in (ALICE, BOB, CAROL) if may(WHO[role], permission, home)} == allowed


@pytest.mark.parametrize("permission", Permission)
def test_what_is_foreign_is_answered_as_what_is_not_there(permission: Permission) -> None:
    """C28"""
    with pytest.raises(NotFound) as raised:
        authorise(WHO["host"], permission, ALICE, [CAROL], unknown=UNKNOWN)
    assert raised.value is UNKNOWN


def test_who_shares_a_thing_sees_it_and_is_told_that_changing_it_is_for_others() -> None:
    authorise(WHO["host"], Permission.VIEW, ALICE, [BOB], unknown=UNKNOWN)
    for permission in (Permission.EDIT, Permission.DELETE):
        with pytest.raises(Forbidden):
            authorise(WHO["host"], permission, ALICE, [BOB], unknown=UNKNOWN)
