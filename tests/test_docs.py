"""The documentation is held to the tree: what it names exists, and what exists is named."""

import re
from pathlib import Path

import pytest

from tests.acceptance import TABLE, citations, filled, rows

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
DECISIONS = sorted((DOCS / "decisions").glob("[0-9]*.md"))


def test_the_acceptance_table_is_what_the_tests_cite() -> None:
    """`make acceptance` mends it; every test in the table exists, because the names are read from the tests."""
    text = TABLE.read_text(encoding="utf-8")
    listed = rows(text)
    assert [row["number"] for row in rows(filled(text, citations())) if row not in listed] == []


def test_every_accepted_behaviour_has_a_statement_and_a_test() -> None:
    table = rows(TABLE.read_text(encoding="utf-8"))
    assert [row["number"] for row in table if not (row["statement"] and row["tests"])] == []
    assert table


@pytest.mark.parametrize("path", DECISIONS, ids=lambda path: path.name)
def test_a_decision_says_context_choice_and_what_was_rejected(path: Path) -> None:
    headings = re.findall(r"^## (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    assert headings[:3] == ["Context", "Choice", "Rejected"]


def test_every_decision_is_listed_with_its_title_and_no_number_is_used_twice() -> None:
    titles = [f"- [{title(path)}]({path.name})" for path in DECISIONS]
    listed = re.findall(r"^- \[.*$", (DOCS / "decisions/README.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert listed == titles
    assert len({path.name[:4] for path in DECISIONS}) == len(DECISIONS)


def title(path: Path) -> str:
    return path.read_text(encoding="utf-8").splitlines()[0].removeprefix("# ")


@pytest.mark.parametrize(
    "path", sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")]), ids=lambda path: path.name
)
def test_a_link_between_documents_leads_somewhere(path: Path) -> None:
    targets = re.findall(r"\]\((?!https?://|mailto:|#)([^)#\s]+)", path.read_text(encoding="utf-8"))
    assert [target for target in targets if not (path.parent / target).exists()] == []
