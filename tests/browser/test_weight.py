"""What a page costs its visitors."""

import gzip
from pathlib import Path

import pytest

SCRIPTS_MAX = 30_000
STATIC = Path("server/web/static")


@pytest.mark.parametrize("suffix", [".js"])
def test_scripts_stay_within_their_budget(root: Path, suffix: str) -> None:
    total = sum(path.stat().st_size for path in (root / STATIC).glob(f"*{suffix}"))
    assert 0 < total <= SCRIPTS_MAX


def test_a_first_visit_needs_less_than_a_photograph(root: Path) -> None:
    total = sum(len(gzip.compress(path.read_bytes())) for path in (root / STATIC).iterdir())
    assert total < 20_000
