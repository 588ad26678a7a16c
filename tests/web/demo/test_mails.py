"""The mails of a demonstration are listed and shown, and cannot do anything."""

from email.message import EmailMessage
from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient
from aiohttp.web import Application, Request
from pytest_aiohttp.plugin import AiohttpClient

from server.adapters.memory import memory_ports
from server.web import demo
from server.web.app import make_app
from tests.builders import NOW

Client = TestClient[Request, Application]

NAME = "20260302T080000Z-0123456789abcdef.eml"


def written(folder: Path, name: str = NAME, subject: str = "Confirmed: Intro") -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "Anna via Daybook <d@example.org>", "gus@example.net", subject
    mail["Date"] = "Mon, 02 Mar 2026 08:00:00 +0000"
    mail.set_content("See you at https://book.example/b/intro/manage/m_x\n")
    mail.add_alternative("<p>See <script>alert(1)</script>you</p>", subtype="html")
    mail.add_attachment(
        b"BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n",
        maintype="text",
        subtype="calendar",
        params={"method": "REQUEST"},
    )
    (folder / name).write_bytes(mail.as_bytes())


@pytest.fixture
async def client(tmp_path: Path, aiohttp_client: AiohttpClient) -> Client:
    app = make_app(memory_ports(NOW), faces=demo.routes())
    demo.furnish(app, tmp_path)
    return await aiohttp_client(app)


async def text(client: Client, path: str) -> str:
    answer = await client.get(path)
    assert answer.status == 200
    return await answer.text()


async def test_an_empty_folder_says_what_to_do(client: Client) -> None:
    assert "Book something first" in await text(client, "/demo/mail")


async def test_mails_are_listed_newest_first_and_escaped(client: Client, tmp_path: Path) -> None:
    written(tmp_path)
    written(tmp_path, "20260303T080000Z-0123456789abcdef.eml", subject="Moved: <b>Intro</b>")
    page = await text(client, "/demo/mail")
    assert page.index("Moved: &lt;b&gt;Intro") < page.index("Confirmed: Intro")
    assert "REQUEST" in page


async def test_a_mail_shows_its_text_with_links_that_lead_somewhere(client: Client, tmp_path: Path) -> None:
    written(tmp_path)
    page = await text(client, f"/demo/mail/{NAME}")
    assert 'href="https://book.example/b/intro/manage/m_x"' in page
    assert "gus@example.net" in page


async def test_the_html_is_shown_in_a_sandbox_without_scripts(client: Client, tmp_path: Path) -> None:
    written(tmp_path)
    answer = await client.get(f"/demo/mail/{NAME}/html")
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("sandbox")
    assert "allow-scripts" not in policy
    assert "default-src 'none'" in policy
    assert "script-src" not in policy


@pytest.mark.parametrize(
    ("part", "wanted"), [("text", "See you"), ("ics", "METHOD:REQUEST"), ("source", "Subject:")]
)
async def test_the_other_parts_are_plain_text(part: str, wanted: str, client: Client, tmp_path: Path) -> None:
    written(tmp_path)
    answer = await client.get(f"/demo/mail/{NAME}/{part}")
    assert answer.content_type == "text/plain"
    assert wanted in await answer.text()


@pytest.mark.parametrize(
    "name", ["none.eml", "..%2Fsecret.key", "%2e%2e%2fsecret.eml", "secret.key", ".hidden.eml"]
)
async def test_nothing_but_mails_of_the_folder_is_shown(name: str, client: Client, tmp_path: Path) -> None:
    (tmp_path / "secret.key").write_text("secret")
    (tmp_path / ".hidden.eml").write_text("Subject: hidden")
    (tmp_path.parent / "secret.eml").write_text("Subject: outside")
    assert (await client.get(f"/demo/mail/{name}/source")).status == 404
