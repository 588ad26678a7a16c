"""What an operator gets who has no checkout: the wheel, installed in an empty environment and started in an empty folder."""

import re
import subprocess
import sys
import venv
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.system.running import CHECKOUT, Running, have_left, wait_until

GUEST = "ada@example.org"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", folder)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def daybook(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command of an environment that holds the locked packages and the wheel, nothing else."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=True)
    pip = (folder / "bin/python", "-m", "pip", "--quiet", "--disable-pip-version-check")
    run(*pip, "install", "--require-hashes", "--requirement", CHECKOUT / "config/lock/run.txt")
    run(*pip, "install", "--no-deps", wheel)
    run(*pip, "check")
    return folder / "bin/daybook"


def test_the_wheel_carries_what_is_not_code_and_no_tests(wheel: Path) -> None:
    with ZipFile(wheel) as archive:
        packed = set(archive.namelist())
    templates = {
        f"server/bundled/{path.relative_to(CHECKOUT)}"
        for path in (CHECKOUT / "templates").rglob("*")
        if path.is_file()
    }
    beside_code = {
        str(path.relative_to(CHECKOUT)) for path in (CHECKOUT / "server").rglob("*") if is_data(path)
    }
    assert (templates | beside_code | {"server/bundled/config/daybook.toml"}) - packed == set()
    assert {
        name for name in packed if name.startswith(("tests/", "docs/", "server/bundled/config/lock"))
    } == set()


def is_data(path: Path) -> bool:
    return path.is_file() and path.suffix not in {".py", ".pyc"}


def test_an_installed_daybook_serves_books_and_mails_from_an_empty_folder(
    daybook: Path, tmp_path: Path
) -> None:
    server = Running(tmp_path / "data", env={}, command=(str(daybook),), folder=tmp_path).start()
    try:
        assert "/u/demo/intro" in server.get("/u/demo").decode()
        page = server.get("/u/demo/intro").decode()
        assert re.findall(r'<link rel="stylesheet" href="(/[^"]+)"', page)
        for path in re.findall(r'<(?:link|script)[^>]* (?:href|src)="(/static/[^"]+)"', page):
            assert server.get(path)
        today = datetime.now(UTC).date()
        slots = server.slots("intro", str(today), str(today + timedelta(days=14)))
        status, booking = server.book("intro", slots[0], invitee_email=GUEST)
        assert (status, booking["status"]) == (201, "confirmed")
        mails = mails_in(tmp_path / "data/mail", count=2)
    finally:
        assert server.stop() == 0
    assert GUEST in " ".join(str(mail["To"]) for mail in mails)
    assert all("METHOD:REQUEST\r\n" in invitation(mail) for mail in mails)


def mails_in(folder: Path, count: int) -> list[EmailMessage]:
    """Return the mails in `folder` once there are `count`: they leave after the guest has the answer."""
    wait_until(lambda: have_left(folder.parent, count))
    found = sorted(folder.glob("*.eml"))
    return [message_from_bytes(path.read_bytes(), policy=policy.default) for path in found]


def invitation(mail: EmailMessage) -> str:
    """Return the calendar object that every mail, the guest's and the host's, has attached."""
    (attached,) = [part for part in mail.iter_attachments() if part.get_filename() == "invite.ics"]
    return bytes(attached.get_content()).decode()


def run(*command: str | Path) -> None:
    """Run a command in the checkout; fail with what it printed when it fails."""
    done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
