"""Values are kept while what they were made from stays."""

from server.domain.kept import Kept


def test_a_value_is_made_once_for_a_state() -> None:
    kept, made = Kept(), []

    def make() -> int:
        made.append(1)
        return len(made)

    assert [kept.get("a", state, make) for state in (1, 1, 2, 2, 1)] == [1, 1, 2, 2, 3]
    assert kept.get("b", 1, make) == 4


def test_what_is_asked_for_stays_and_what_is_not_goes_when_there_is_no_room() -> None:
    kept = Kept(most=2)
    for key in "abacad":
        kept.get(key, 1, key.upper)
    assert kept.get("a", 1, lambda: "again") == "A"
    assert kept.get("b", 1, lambda: "again") == "again"
