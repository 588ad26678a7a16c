"""What was logged while all of the other tests clicked through the pages: no capability, and nobody's address."""

import json
import re
import urllib.error
import urllib.request

import pytest

from tests.browser.conftest import Served, Visit
from tests.browser.states import INTRO
from tests.system.running import PATIENCE_S

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

TOKEN = re.compile(r"\b(?:ctk|m|a|v|f|i)_[A-Za-z0-9_-]{12,}")
ADDRESS = re.compile(r"[\w.+-]+(?:@|%40)[\w-]+\.[\w.-]+")
PLANTED = "quokka@numbat.example"
FORM = f"{INTRO}/book?start=2026-03-24T08:00Z&tz=Europe/Berlin"


async def test_no_capability_is_ever_logged_and_no_address_above_debug(served: Served, visit: Visit) -> None:
    """The last of the session: whatever the tests before it did is in the log too."""
    page = await visit(f"{FORM}&email={PLANTED}")
    await page.fill("#name", "Quokka")
    await page.fill("#email", PLANTED)
    await page.click("#send")
    await page.wait_for_url("**/manage/**")
    manage = page.url.removesuffix("/booked")
    capability = manage.rpartition("/")[2]
    for path in (
        manage,
        f"{manage}/cancel",
        f"{manage}/reschedule",
        f"{manage}/nowhere",
        f"/{capability}",
        f"/v1/bookings/{capability}?token={capability}",
        *served.paths.values(),
    ):
        strain(path if path.startswith("http") else served.url + path)
    lines = [json.loads(line) for line in served.log.read_text(encoding="utf-8").splitlines()]
    assert len([line for line in lines if "/manage/" in str(line)]) >= len(served.paths)
    assert {line["level"] for line in lines} >= {"info"}
    assert [line for line in lines if TOKEN.search(json.dumps(line))] == []
    above = [line for line in lines if line["level"] != "debug"]
    assert [line for line in above if ADDRESS.search(json.dumps(line))] == []


def strain(url: str) -> None:
    """Ask for an address in ways that are refused, too: refusals are what is logged with most words."""
    for method, more in (
        ("GET", ""),
        ("POST", ""),
        ("DELETE", ""),
        ("GET", f"?email={PLANTED}&x=%ff"),
        ("GET", "x" * 400),
    ):
        request = urllib.request.Request(
            url + more, method=method, data=b"a=%ff" if method == "POST" else None
        )
        assert status_of(request) < 500, (method, url)


def status_of(request: urllib.request.Request) -> int:
    """Return how a request is answered."""
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        return refused.code
