"""The documentation is held to the tree: what it names exists, and what exists is named."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
ROW = re.compile(r"^\| ([SC][\d.]+) \| (.+?) \| (.*) \|$", re.MULTILINE)
TEST = re.compile(r"`(tests/[\w/]+\.py)::([\w:]+)`")
ROWS = ROW.findall((DOCS / "acceptance.md").read_text(encoding="utf-8"))
DECISIONS = sorted(path for path in (DOCS / "decisions").glob("[0-9]*.md"))


@cache
def names_of_tests(path: Path) -> frozenset[str]:
    """Return the tests of a file as pytest names them, `TestClass::test_name` included."""
    return frozenset(_collect(ast.parse(path.read_text(encoding="utf-8")).body, ""))


def _collect(body: list[ast.stmt], prefix: str) -> list[str]:
    found: list[str] = []
    for node in body:
        if isinstance(node, ast.ClassDef):
            found += _collect(node.body, f"{prefix}{node.name}::")
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
            found.append(prefix + node.name)
    return found


@pytest.mark.parametrize(("number", "listed"), [(number, listed) for number, _, listed in ROWS])
def test_a_statement_names_tests_that_exist(number: str, listed: str) -> None:
    named = TEST.findall(listed)
    assert named, f"{number} is listed without a test"
    missing = [f"{path}::{name}" for path, name in named if not exists(ROOT / path, name)]
    assert missing == []


def exists(path: Path, name: str) -> bool:
    return path.is_file() and name in names_of_tests(path)


def test_a_statement_is_listed_once_and_in_order() -> None:
    numbers = [number for number, _, _ in ROWS]
    assert numbers == sorted(set(numbers), key=rank)


def rank(number: str) -> tuple[str, list[int]]:
    """Order S1.9 before S1.10 and before C1."""
    return ("0" if number[0] == "S" else "1"), [int(part) for part in number[1:].split(".")]


def test_every_line_of_the_acceptance_table_is_understood() -> None:
    lines = [
        line
        for line in (DOCS / "acceptance.md").read_text(encoding="utf-8").splitlines()
        if line.startswith("| ")
    ]
    assert len(lines) - lines.count("| number | statement | tests |") == len(ROWS)


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
