"""docs/conformance.md: how it is written, and how its tables are read again."""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from tests.conformance.clients import Run
from tests.conformance.servers import LEVELS, Feature

PAGE = Path(__file__).resolve().parents[2] / "docs/conformance.md"
HEAD = """\
# Conformance

What Daybook's CalDAV server can do, as programs of others see it. `make conformance` asks them and writes this page; nothing in it
is written by hand but the reasons. How recurrence compares with two libraries is told in
[conformance-recurrence.md](conformance-recurrence.md).
"""
REASONS = {
    "create-calendar.auto": "A calendar is made by MKCALENDAR; a mistyped address is refused and no calendar is born of it.",
    "scheduling": "Daybook itself sends invitations; with the inboxes and outboxes of RFC 6638 guests would get two of each.",
    "search.text.comp-type-optional": "RFC 4791 §9.7.2: a filter on the calendar object tests the object's own properties.",
    "url.encode-at.literal.principal": "Names of hosts have no @.",
    "well-known": "The tester does not look for it at an address without a name; tests/web/dav/test_mount.py does.",
}
"""Why a feature is not full, where the tester's remark does not say it, or Daybook means it so."""
_COMPARED = ("better", "equal", "worse")
_ROW = re.compile(
    r"^\| `(?P<name>[^`]+)` \| (?P<stock>[a-z]+) \| (?P<ours>[a-z]+) \| (?P<compared>[a-z]+) \|$",
    re.MULTILINE,
)


def written(features: Sequence[Feature], runs: Iterable[Run], tools: Iterable[str]) -> str:
    """Return the page."""
    return "\n".join([HEAD, *_servers(features, ", ".join(tools)), *_clients(runs)])


def rows(text: str) -> list[dict[str, str]]:
    """Return the rows of the table of features: name, stock, ours, compared."""
    return [match.groupdict() for match in _ROW.finditer(text)]


def reasons(text: str) -> set[str]:
    """Return the features that the page says something about."""
    return set(re.findall(r"^- `([^`]+)`, [a-z]+: .+$", text, re.MULTILINE))


def _servers(features: Sequence[Feature], tools: str) -> Iterable[str]:
    yield f"## Beside the stock server\n\nWith {tools}; both servers over empty folders, in one run.\n"
    yield "| | " + " | ".join(reversed(LEVELS)) + " | observed |"
    yield "|---" * (len(LEVELS) + 2) + "|"
    for name, levels in (
        ("stock Radicale", [feature.stock.level for feature in features]),
        ("Daybook", [feature.ours.level for feature in features]),
    ):
        counts = [levels.count(level) for level in reversed(LEVELS)]
        yield f"| {name} | " + " | ".join(map(str, [*counts, len(levels) - sum(counts)])) + " |"
    compared = [_compared(feature) for feature in features]
    yield (
        "\n" + ", ".join(f"{compared.count(word)} {word}" for word in _COMPARED) + f", of {len(features)}.\n"
    )
    yield "| feature | stock Radicale | Daybook | |\n|---|---|---|---|"
    for feature in features:
        yield f"| `{feature.name}` | {feature.stock.level} | {feature.ours.level} | {_compared(feature)} |"
    yield "\n### What is not full, and why\n"
    for feature in features:
        if feature.ours.level in LEVELS[:-1]:
            why = REASONS.get(feature.name) or feature.ours.remark or "The tester gives no reason."
            yield f"- `{feature.name}`, {feature.ours.level}: {why}"
    yield ""


def _compared(feature: Feature) -> str:
    return {1: "better", 0: "equal", -1: "worse"}[feature.rank]


def _clients(runs: Iterable[Run]) -> Iterable[str]:
    yield "## Clients\n\nEach at a running Daybook, as the host's own program or, where a feed is read, as a guest's; tests/interop has it.\n"
    for run in runs:
        yield f"### {run.client} {run.version}".rstrip() + "\n"
        yield from (f"- {sentence}" for sentence in run.done)
        yield from (f"- **not so:** {sentence}" for sentence in run.failed)
        yield ""
