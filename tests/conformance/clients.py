"""The tests of real clients, run, and told as what each client did."""

import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from xml.etree.ElementTree import Element, parse

from tests.interop import debian, evolution, thunderbird

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Client:
    """A client, and which tests are its own."""

    name: str
    version: Callable[[], str | None]
    """None where it is not installed."""
    owns: Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Run:
    """What a client did, each a sentence, and what of it went wrong or was not tried."""

    client: str
    version: str
    done: tuple[str, ...]
    failed: tuple[str, ...]


CLIENTS = (
    Client("Thunderbird", lambda: debian.version(*thunderbird.PACKAGES), lambda test: "thunderbird" in test),
    Client(
        "Evolution and GNOME Calendar, by Evolution Data Server",
        lambda: debian.version(*evolution.PACKAGES),
        lambda test: "[evolution]" in test,
    ),
    Client(
        "khal with vdirsyncer",
        lambda: f"{version('khal')} and {version('vdirsyncer')}",
        lambda test: "khal" in test,
    ),
    Client(
        "python-caldav",
        lambda: version("caldav"),
        lambda test: "python_caldav" in test or ("test_caldav" in test and "khal" not in test),
    ),
    Client(
        "Requests in the shape of macOS and iOS", lambda: "", lambda test: test.endswith(("[macOS]", "[iOS]"))
    ),
    Client("Requests in the shape of DAVx⁵", lambda: "", lambda test: test.endswith("[DAVx5]")),
)


def run() -> list[Run]:
    """Run the tests of every client and return what each did."""
    with tempfile.TemporaryDirectory(prefix="conformance-") as folder:
        report = Path(folder) / "report.xml"
        subprocess.run(
            [sys.executable, "-m", "pytest", "--quiet", "--junitxml", str(report), "tests/interop"],
            cwd=ROOT,
            check=False,
        )
        cases = list(parse(report).iter("testcase"))
    return [_of(client, cases) for client in CLIENTS]


def _of(client: Client, cases: list[Element]) -> Run:
    own = [case for case in cases if client.owns(f"{case.get('classname')}::{case.get('name')}")]
    failed = {sentence(str(case.get("name"))): None for case in own if _objects(case)}
    told = dict.fromkeys(sentence(str(case.get("name"))) for case in own)
    found = client.version()
    return Run(
        client.name,
        "not installed" if found is None else found,
        tuple(one for one in told if one not in failed),
        tuple(failed),
    )


def _objects(case: Element) -> bool:
    """Tell whether a test failed, or was skipped."""
    return any(case.find(outcome) is not None for outcome in ("failure", "error", "skipped"))


def sentence(name: str) -> str:
    """Return a test's name as the sentence that it is."""
    words = name.partition("[")[0].removeprefix("test_").replace("_", " ")
    return words[0].upper() + words[1:]
