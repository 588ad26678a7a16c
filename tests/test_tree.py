"""House rules that no linter knows: what the tree may hold, how long things may be, which words are ours."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
TOP_LEVEL = {
    "README.md",
    "ARCHITECTURE.md",
    "CHANGELOG.md",
    "LICENSE",
    "Makefile",
    "pyproject.toml",
    ".ci",
    ".git",
    ".gitignore",
    "config",
    "templates",
    "server",
    "radicale_plugin",
    "client",
    "tests",
    "docs",
}
MODULE_LINES_MAX = 400
FUNCTION_LINES_MAX = 50
VAGUE_NAMES = {"utils", "util", "helpers", "helper", "common", "manager", "base", "misc"}
TEXT_SUFFIXES = {
    ".py",
    ".md",
    ".toml",
    ".html",
    ".txt",
    ".css",
    ".js",
    ".sql",
    ".ics",
    ".service",
    ".conf",
    "",
}
UNFINISHED = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X)\b")
CLOCK_READINGS = {
    "datetime.now",
    "datetime.utcnow",
    "datetime.today",
    "date.today",
    "time.time",
    "time.time_ns",
}
Function = ast.FunctionDef | ast.AsyncFunctionDef
# A distribution that is needed without being imported: the data behind `zoneinfo`.
DATA_ONLY = {"tzdata"}
IMPORT_NAMES = {"argon2-cffi": "argon2", "python-dateutil": "dateutil"}


def python_files(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


OURS = python_files("server", "radicale_plugin", "client")
ALL = [*OURS, *python_files("tests")]


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


@cache
def imported_by(path: Path) -> frozenset[str]:
    names: set[str] = set()
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return frozenset(names)


def test_the_top_level_holds_only_what_the_design_lists() -> None:
    ignored = {
        line.strip("/\n") for line in (ROOT / ".gitignore").read_text().splitlines() if line.startswith("/")
    }
    assert {path.name for path in ROOT.iterdir()} - TOP_LEVEL - ignored - {"__pycache__"} == set()


def test_a_module_fits_in_the_head_of_one_reader() -> None:
    lines = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in ALL}
    assert [
        f"{place(path)}: {count} lines" for path, count in lines.items() if count > MODULE_LINES_MAX
    ] == []


def test_a_function_fits_on_one_screen() -> None:
    lengths = [(path, node, body_lines(node)) for path in ALL for node in functions_of(path)]
    assert [
        f"{place(path, node)}: {lines} lines" for path, node, lines in lengths if lines > FUNCTION_LINES_MAX
    ] == []


def functions_of(path: Path) -> list[Function]:
    return [node for node in ast.walk(tree_of(path)) if isinstance(node, Function)]


def body_lines(node: Function) -> int:
    """Return the lines of a function from its `def` on, its docstring not counted."""
    assert node.end_lineno is not None
    docstring = 0
    match node.body[0]:
        case ast.Expr(value=ast.Constant(value=str()), lineno=first, end_lineno=int(last)):
            docstring = last - first + 1
        case _:
            pass
    return node.end_lineno - node.lineno + 1 - docstring


def test_a_module_is_named_after_what_it_knows() -> None:
    parts = {path: {part.removesuffix(".py") for part in path.relative_to(ROOT).parts} for path in OURS}
    assert [place(path) for path, names in parts.items() if names & VAGUE_NAMES] == []


def test_the_bare_word_event_is_not_a_name() -> None:
    bound = [(path, name, node) for path in OURS for name, node in names_bound_in(tree_of(path))]
    assert [place(path, node) for path, name, node in bound if name in {"event", "events"}] == []


def names_bound_in(tree: ast.Module) -> Iterator[tuple[str, ast.AST]]:
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Store()) | ast.arg(arg=name):
                yield name, node
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name, node
            case _:
                pass


def test_the_clock_is_read_by_one_adapter() -> None:
    elsewhere = [path for path in OURS if path != ROOT / "server/adapters/clock.py"]
    calls = [
        (path, node) for path in elsewhere for node in ast.walk(tree_of(path)) if isinstance(node, ast.Call)
    ]
    assert [place(path, node) for path, node in calls if ast.unparse(node.func) in CLOCK_READINGS] == []


def test_the_server_writes_to_the_terminal_from_its_command_line_only() -> None:
    quiet = [path for path in OURS if not path.is_relative_to(ROOT / "server/cli")]
    calls = [(path, node) for path in quiet for node in ast.walk(tree_of(path)) if isinstance(node, ast.Call)]
    assert [place(path, node) for path, node in calls if ast.unparse(node.func) == "print"] == []


def test_the_domain_needs_nothing_but_the_standard_library() -> None:
    imports = [(path, name) for path in python_files("server/domain") for name in imported_by(path)]
    foreign = [(path, name) for path, name in imports if name.split(".")[0] not in sys.stdlib_module_names]
    assert [f"{place(path)}: {name}" for path, name in foreign if not name.startswith("server.domain")] == []


def place(path: Path, node: ast.AST | None = None) -> str:
    line = getattr(node, "lineno", None)
    return str(path.relative_to(ROOT)) + (f":{line}" if line else "")


def test_nothing_says_that_it_is_unfinished() -> None:
    folders = ("server", "radicale_plugin", "client", "tests", "templates", "config", "docs", ".ci")
    files = [path for folder in folders for path in (ROOT / folder).rglob("*") if path.is_file()]
    texts = [path for path in files if path.suffix in TEXT_SUFFIXES and "__pycache__" not in path.parts]
    found = [
        str(path.relative_to(ROOT)) for path in texts if UNFINISHED.search(path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_what_is_installed_to_run_is_what_is_imported() -> None:
    """No package is carried along, and none is used that only comes along with another."""
    lines = pyproject()["project"]["dependencies"]
    declared = {re.split(r"[<>=!~\[; ]", line)[0] for line in lines} - DATA_ONLY
    roots = {name.split(".")[0] for path in OURS for name in imported_by(path)}
    foreign = roots - sys.stdlib_module_names - {"server", "radicale_plugin", "daybook_client"}
    assert foreign == {IMPORT_NAMES.get(name, name.replace("-", "_")) for name in declared}


def test_development_runs_on_the_versions_that_are_served() -> None:
    assert pins("run").items() - pins("develop").items() == set()


@pytest.mark.parametrize("name", ["run", "develop"])
def test_every_locked_package_carries_hashes_and_no_index_is_named(name: str) -> None:
    text = (ROOT / "config/lock" / f"{name}.txt").read_text()
    entries = re.split(r"\n(?=[a-z0-9])", text.strip())
    assert [entry.split("==")[0] for entry in entries if "--hash=sha256:" not in entry] == []
    assert re.findall(r"https?://|--(?:extra-)?index-url|--find-links", text) == []


def pins(name: str) -> dict[str, str]:
    """Return the locked version of each package."""
    text = (ROOT / "config/lock" / f"{name}.txt").read_text()
    return dict(re.findall(r"^([a-z0-9-]+)==(\S+)", text, re.MULTILINE))


@cache
def pyproject() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())
