"""docs/conformance.md is what the command wrote, for the versions that are locked, and lacks nothing."""

import re
from pathlib import Path

import pytest

from tests.acceptance import documented_tests
from tests.conformance.clients import CLIENTS, Run, sentence
from tests.conformance.page import PAGE, REASONS, reasons, rows, written
from tests.conformance.servers import LEVELS, Feature, Verdict
from tests.test_tree import pins

INTEROP = Path(__file__).resolve().parents[1] / "interop"
TEXT = PAGE.read_text(encoding="utf-8")


def feature(name: str, stock: str, ours: str) -> Feature:
    return Feature(name, Verdict(stock, ""), Verdict(ours, "a remark"))


@pytest.mark.parametrize(
    ("stock", "ours", "rank"),
    [
        ("unsupported", "full", 1),
        ("full", "full", 0),
        ("full", "fragile", -1),
        ("unsupported", "unknown", -1),
        ("no", "yes", 0),
    ],
)
def test_a_feature_is_better_when_the_tester_says_more_of_it(stock: str, ours: str, rank: int) -> None:
    assert feature("sync", stock, ours).rank == rank


def test_a_written_page_is_read_as_it_was_written() -> None:
    features = [feature("sync", "full", "broken"), feature("search.text", "unsupported", "full")]
    text = written(features, [Run("A client", "1.0", ("It works",), ("It hangs",))], ["a tester 2.0"])
    assert rows(text) == [
        {"name": "sync", "stock": "full", "ours": "broken", "compared": "worse"},
        {"name": "search.text", "stock": "unsupported", "ours": "full", "compared": "better"},
    ]
    assert reasons(text) == {"sync"}
    assert "1 better, 0 equal, 1 worse, of 2" in text
    assert "- **not so:** It hangs" in text


def test_no_row_of_the_page_is_worse_than_stock_radicale() -> None:
    assert len(rows(TEXT)) > 100
    assert [row["name"] for row in rows(TEXT) if row["compared"] == "worse"] == []


def test_every_row_that_is_not_full_has_its_reason() -> None:
    wanting = {row["name"] for row in rows(TEXT) if row["ours"] in LEVELS[:-1]}
    assert wanting == reasons(TEXT)
    assert REASONS.keys() - wanting == set()


def test_the_page_tells_the_locked_versions() -> None:
    """`make conformance` after `make lock`."""
    locked = pins("develop")
    names = {name.lower(): found for name, found in re.findall(r"([\w-]+) (\d+\.[\d.]*\d)", TEXT)}
    assert names["caldav-server-tester"] == locked["caldav-server-tester"]
    assert names["python-caldav"] == locked["caldav"]
    assert names["radicale"] == locked["radicale"]
    assert f"### khal with vdirsyncer {locked['khal']} and {locked['vdirsyncer']}" in TEXT


def test_every_client_ran_and_none_objected() -> None:
    assert [client.name for client in CLIENTS if f"\n### {client.name}" not in TEXT] == []
    assert "not installed" not in TEXT
    assert "**not so:**" not in TEXT


def test_every_test_of_a_client_is_told_on_the_page() -> None:
    """`make conformance` after a new one."""
    names = [name for path in sorted(INTEROP.glob("test_*.py")) for name, _ in documented_tests(path)]
    assert [name for name in names if f"- {sentence(name)}\n" not in TEXT] == []
