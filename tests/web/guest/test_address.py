"""The guest's way through a mail that asks whether the address is theirs."""

import re

import pytest

from server.adapters.mail.stationery import TemplateStationery
from server.adapters.memory import SITE
from server.adapters.memory.clock import FixedClock
from server.adapters.memory.mailer import MemoryMailer
from server.domain.booking import Status
from server.ports import MailKind, Ports
from server.resources import templates_dir
from server.usecases.delivery.deliver import deliver, due
from tests.usecases.booking.waits import set_up
from tests.usecases.delivery.conftest import opened
from tests.web.guest.conftest import Client, Guest, Page

FORM = "/u/alice/intro/book?start=2026-03-02T09:00Z&tz=Asia/Kolkata"


@pytest.fixture
async def asked(guest: Guest, ports: Ports) -> Page:
    """Return the page after the form was sent."""
    await set_up(ports, confirm_address=True)
    return await guest.fill_in(FORM, name="Gus http://evil.example", notes="Call me!")


async def mailed(ports: Ports) -> dict[str, str]:
    """Deliver what is due, and return the texts by recipient."""
    mailer = ports.mailer
    assert isinstance(mailer, MemoryMailer)
    stationery = TemplateStationery(SITE, templates_dir())
    for mail in await due(ports, ports.clock.now()):
        await deliver(ports, stationery, mail, ports.clock.now())
    return {sent.recipient: sent.message.decode() for sent in mailer.sent}


async def link(ports: Ports) -> str:
    body = opened((await mailed(ports))["gus@example.net"].encode()).get_body(("plain",))
    assert body is not None
    found = re.search(r"https://book\.example(/b/intro/address/v_\S+)", body.get_content())
    assert found is not None
    return found[1]


async def test_the_page_says_where_to_look_and_until_when(asked: Page) -> None:
    assert asked.status == 200
    assert "Please confirm your mail address" in asked.words
    assert "12:45 PM" in asked.words  # a quarter of an hour from now, in India
    assert "meet.example" not in asked.text  # where they meet is for those who have booked
    assert not [href for href in asked.links if href.endswith(("/reschedule", "/booking.ics"))]


async def test_the_mail_goes_to_that_address_alone_and_carries_no_word_that_was_typed(
    asked: Page, ports: Ports
) -> None:
    found = await mailed(ports)
    assert list(found) == ["gus@example.net"]
    text = found["gus@example.net"]
    assert "Call me!" not in text
    assert "evil" not in text
    assert "text/calendar" not in text
    assert "/manage/" not in text
    assert "meet.example" not in text


async def test_looking_at_the_link_changes_nothing_and_the_button_books(
    asked: Page, guest: Guest, client: Client, ports: Ports
) -> None:
    path = await link(ports)
    for _ in range(2):
        await client.head(path)
        page = await guest.open(path)
        assert (page.status, "Confirm your mail address" in page.title) == (200, True)
        (record,) = await ports.ledger.bookings()
        assert (record.status, record.revision) == (Status.PENDING, 0)
    booked = await guest.send(path, {})
    assert booked.path.endswith("/booked")
    assert "Your meeting is booked" in booked.words
    assert sorted(await mailed(ports)) == ["alice@example.org", "gus@example.net"]


async def test_who_follows_the_link_again_reads_that_it_is_done_and_gets_no_other_link(
    asked: Page, guest: Guest, ports: Ports
) -> None:
    path = await link(ports)
    await guest.send(path, {})
    for page in (await guest.open(path), await guest.send(path, {})):
        assert "Your mail address is confirmed" in page.words
        assert "/manage/" not in page.text
    mails = await ports.ledger.mails()
    assert [mail.kind for mail in mails].count(MailKind.CONFIRMED) == 2


async def test_who_comes_too_late_is_led_to_the_free_times(
    asked: Page, guest: Guest, ports: Ports, clock: FixedClock
) -> None:
    path = await link(ports)
    clock.advance(minutes=16)
    for page in (await guest.open(path), await guest.send(path, {})):
        assert "not confirmed in time" in page.words
        assert "/u/alice/intro" in page.links
    (record,) = await ports.ledger.bookings()
    assert record.status is Status.PENDING


async def test_who_sent_the_form_can_give_the_time_back_without_the_mail(
    asked: Page, guest: Guest, ports: Ports
) -> None:
    cancel = next(href for href in asked.links if href.endswith("/cancel"))
    page = await guest.send(cancel, {"reason": ""})
    assert "This meeting is cancelled" in page.words
    assert await mailed(ports) == {}


async def test_the_link_that_was_shown_before_opens_nothing_afterwards(
    asked: Page, guest: Guest, ports: Ports
) -> None:
    await guest.send(await link(ports), {})
    assert (await guest.open(asked.path.partition("/booked")[0])).status == 410


@pytest.mark.parametrize("token", ["v_x", "v_" + "A" * 60, "m_abc"])
async def test_other_tokens_open_nothing(guest: Guest, token: str) -> None:
    assert (await guest.open(f"/b/intro/address/{token}")).status == 404


async def test_over_the_api_it_is_pending(client: Client, ports: Ports) -> None:
    await set_up(ports, confirm_address=True)
    wish = {
        "event_type_id": "alice/intro",
        "start_time": "2026-03-02T10:00:00Z",
        "invitee_name": "Gus",
        "invitee_email": "gus@example.net",
        "invitee_timezone": "UTC",
    }
    answer = await client.post("/v1/bookings", json=wish)
    made = await answer.json()
    assert (answer.status, made["status"]) == (201, "pending")
    assert made["location"]["value"] == ""
    path = f"/v1/bookings/{made['id']}"
    token = {"token": made["cancel_token"]}
    moved = await client.post(
        f"{path}/reschedule", params=token, json={"new_start_time": "2026-03-02T11:00:00Z"}
    )
    assert moved.status == 409
    assert (await client.post(f"{path}/cancel", params=token, json={})).status == 200


async def test_the_form_sent_once_more_after_the_proof_opens_nothing(guest: Guest, ports: Ports) -> None:
    await set_up(ports, confirm_address=True)
    fields = (await guest.open(FORM)).fields | {"name": "Gus", "email": "gus@example.net"}
    typed = await guest.send("/u/alice/intro/book", fields)
    assert (await guest.send("/u/alice/intro/book", fields)).path == typed.path
    await guest.send(await link(ports), {})
    again = await guest.send("/u/alice/intro/book", fields)
    assert (again.status, [href for href in again.links if "/manage/" in href]) == (410, [])


async def test_what_a_program_got_before_the_proof_opens_nothing_afterwards(
    client: Client, guest: Guest, ports: Ports
) -> None:
    await set_up(ports, confirm_address=True)
    wish = {
        "event_type_id": "alice/intro",
        "start_time": "2026-03-02T10:00:00Z",
        "invitee_name": "Gus",
        "invitee_email": "gus@example.net",
        "invitee_timezone": "UTC",
    }
    key = {"Idempotency-Key": "one"}
    made = await (await client.post("/v1/bookings", json=wish, headers=key)).json()
    await guest.send(await link(ports), {})
    token = {"token": made["cancel_token"]}
    assert (await client.post(f"/v1/bookings/{made['id']}/cancel", params=token, json={})).status == 410
    again = await client.post("/v1/bookings", json=wish, headers=key)
    assert again.status == 410
    assert "ctk_" not in await again.text()
