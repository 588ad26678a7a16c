"""What counts as the solution of a puzzle."""

from hashlib import sha256

import pytest

from server.web.proofs import is_proven

PUZZLE = "nonce.1767225600.mac"


def solve(puzzle: str, bits: int) -> str:
    """Return a solution, as a visitor's browser finds one."""
    answer = 0
    while int.from_bytes(sha256(f"{puzzle}.{answer}".encode()).digest()) >> (256 - bits):
        answer += 1
    return str(answer)


@pytest.mark.parametrize("bits", [1, 7, 8, 12])
def test_a_solution_leads_to_so_many_zero_bits_of_this_puzzle_alone(bits: int) -> None:
    answer = solve(PUZZLE, bits)
    digest = sha256(f"{PUZZLE}.{answer}".encode()).digest()
    assert f"{int.from_bytes(digest):0256b}".startswith("0" * bits)
    assert is_proven(PUZZLE, answer, bits)
    assert not is_proven(PUZZLE, answer, 40)


def test_the_solution_of_one_puzzle_is_none_of_another() -> None:
    answer = solve(PUZZLE, 12)
    others = [f"other.{at}" for at in range(40)]
    assert sum(is_proven(other, answer, 12) for other in others) <= 2


@pytest.mark.parametrize("answer", ["", "-1", "1.5", "٣", "²", "1" * 21, "abc", " 1"])
def test_what_is_no_plain_number_solves_nothing(answer: str) -> None:
    assert not is_proven(PUZZLE, answer, 0)
