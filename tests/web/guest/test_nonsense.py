"""Whatever is sent to a guest page, it answers; it never breaks."""

from io import BytesIO
from time import monotonic
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.web.guest.conftest import Book, Client

ODD = st.text(st.characters(codec="utf-8"), max_size=40) | st.sampled_from(
    [
        "\x00",
        "\u2028",
        "\u202e",
        "9" * 400,
        "-1",
        "2026-03-02T09:00Z",
        "2026-03-02",
        "../..",
        "%ff",
        "Europe/Berlin",
        "Europe",
    ]
)


def _survives(status: int) -> bool:
    return status < 500


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=st.dictionaries(st.sampled_from(["view", "date", "tz", "hour", "start", "x"]), ODD, max_size=5))
async def test_no_query_breaks_a_page(client: Client, query: dict[str, str]) -> None:
    text = "&".join(f"{name}={quote(value, safe='')}" for name, value in query.items())
    for path in ("/u/alice/intro", "/u/alice/intro/book"):
        assert _survives((await client.get(f"{path}?{text}")).status)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    sent=st.dictionaries(
        st.sampled_from(["name", "email", "notes", "ticket", "start", "tz", "hour", "confirm_url", "reason"]),
        ODD,
    )
)
async def test_no_form_breaks_a_page(client: Client, sent: dict[str, str]) -> None:
    for path in (
        "/u/alice/intro/book",
        "/b/intro/manage/m_x/cancel",
        "/b/intro/manage/m_x/reschedule/confirm",
    ):
        assert _survives((await client.post(path, data={"start": "2026-03-02T09:00Z"} | sent)).status)


@pytest.mark.parametrize(
    "path", ["/u/%ff", "/u/%00/x", "/u/alice/%2e%2e", "/b/x/manage/%ff", "//", "/u//", "/static//x"]
)
async def test_no_path_breaks_a_page(client: Client, path: str) -> None:
    assert _survives((await client.get(path)).status)


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/x-www-form-urlencoded; charset=nonsense", b"name=x"),
        ("application/x-www-form-urlencoded", b"name=%ff%fe&start=2026-03-02T09:00Z"),
        ("application/x-www-form-urlencoded", b"&".join(b"f%d=1" % at for at in range(2000))),
        ("multipart/form-data", b"name=x"),
        ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="name"\r\n\r\nun'),
        ("multipart/form-data; boundary=x", b"\xff\xfe"),
        ("text/plain", b"name=x"),
        ("application/json", b"{"),
    ],
)
async def test_no_body_breaks_a_page(client: Client, book: Book, kind: str, body: bytes) -> None:
    path = await book()
    for form in ("/u/alice/intro/book", f"{path}/reschedule/confirm"):
        answer = await client.post(form, data=body, headers={"Content-Type": kind})
        assert _survives(answer.status), await answer.text()


@pytest.mark.parametrize("charset", ["punycode", "unicode_escape", "utf-16", "nonsense"])
async def test_a_form_is_read_as_utf_8_whatever_it_claims(client: Client, charset: str) -> None:
    """Python decodes punycode in the square of its length: half a minute in which nobody else is answered."""
    body = "start=2026-03-02T09:00Z&ticket=\\ud800.1.x&name=B\u00fcro".encode()
    kind = {"Content-Type": f"application/x-www-form-urlencoded; charset={charset}"}
    answer = await client.post("/u/alice/intro/book", data=body, headers=kind)
    assert answer.status == 422
    assert "B\u00fcro" in await answer.text()


async def test_a_part_of_a_form_chooses_no_charset(client: Client) -> None:
    head = 'Content-Disposition: form-data; name="name"\r\nContent-Type: text/plain; charset=punycode'
    body = f"--x\r\n{head}\r\n\r\n{'a' * 20}-{'z' * 250_000}\r\n--x--\r\n".encode()
    kind = {"Content-Type": "multipart/form-data; boundary=x"}
    began = monotonic()
    await client.post("/u/alice/intro/book", data=body, headers=kind)
    assert monotonic() - began < 1


async def test_a_body_that_is_far_too_large_is_refused(client: Client) -> None:
    body = BytesIO(b"notes=" + b"x" * 1_100_000)
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    assert (await client.post("/u/alice/intro/book", data=body, headers=kind)).status == 413
