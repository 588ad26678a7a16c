"""The mail of an invite."""

from dataclasses import replace
from datetime import timedelta
from typing import cast

import pytest

from server.adapters.memory import SITE
from server.adapters.memory.clock import FixedClock
from server.domain.booking import Actor
from server.domain.event_type import Visibility
from server.domain.invites import Invite, InviteUse
from server.ports import MailState, Ports
from server.usecases.booking import cancel, look
from server.usecases.booking.create import NewBooking
from server.usecases.booking.create import create as book
from server.usecases.invite import change
from server.usecases.invite.create import Terms, Wanted, create
from server.usecases.invite.open import link_of, token_of
from tests.builders import BERLIN, DAY, NOW, at, booking, claim, event_type, host, intent, settle_in
from tests.usecases.delivery.conftest import Post

IVY = "ivy@example.net"


async def invited(post: Post, language: str = "en", maker: str = "alice", **said: str) -> Invite:
    """Invite ivy to alice's internal event type, and queue the mail."""
    kind = replace(event_type("hush", number=8, title="Hush"), visibility=Visibility.INTERNAL)
    if post.ports.homes.event_type("alice", "hush") is None:
        await post.ports.homes.save_event_type(kind)
        await settle_in(post.ports, host("bob", number=9, name="Bob Example"))
    wanted = Wanted(name="Ivy Invited", email=IVY, language=language, message=said.get("message", "Hello."))
    terms = Terms(made_by=maker, days=10)
    (made,) = await create(post.ports, ("alice", "hush"), [wanted], terms, NOW)
    await change.send(post.ports, [made], NOW)
    return made


async def states(post: Post) -> list[tuple[MailState, str | None]]:
    return [(mail.state, mail.error) for mail in await post.mails()]


async def test_the_invited_are_mailed_a_link_and_the_host_nothing(post: Post) -> None:
    """S1.62."""
    made = await invited(post)
    await post.round()
    assert [sent.recipient for sent in post.mailer.sent] == [IVY]
    (mail,) = post.to(IVY)
    text, html = (mail.get_body((kind,)) for kind in ("plain", "html"))
    assert text is not None
    assert html is not None
    link = link_of(post.ports, made)
    assert link is not None
    for part in (text.get_content(), html.get_content()):
        words = (
            "Alice Example would like to meet you",
            "Hello.",
            "Hush",
            "30 minutes",
            link,
            "March 12, 2026",
        )
        assert [word for word in words if word not in part] == []
    assert mail["Subject"] == "Alice Example invites you: Hush"
    assert (mail["To"], mail["Auto-Submitted"]) == (f"Ivy Invited <{IVY}>", "auto-generated")
    assert mail.get_content_type() == "multipart/alternative"
    assert await states(post) == [(MailState.SENT, None)]


async def test_a_colleagues_invite_comes_from_the_colleague(post: Post) -> None:
    await invited(post, maker="bob")
    await post.round()
    (mail,) = post.to(IVY)
    text = mail.get_body(("plain",))
    assert text is not None
    assert "Bob Example invites you to a meeting with Alice Example" in text.get_content()
    assert mail["From"] == "Bob Example via Daybook <daybook@book.example>"
    assert mail["Reply-To"] == "Bob Example <bob@example.org>"


async def test_the_mail_is_written_as_its_reader_reads(post: Post) -> None:
    """S1.62."""
    await invited(post, "en-GB")
    await post.round()
    html = post.to(IVY)[0].get_body(("html",))
    assert html is not None
    assert "Thursday, 12 March 2026" in html.get_content()


async def test_what_people_type_stays_text(post: Post) -> None:
    await invited(post, message="<a href='https://evil.example'>x</a>\nBcc: v@example.net")
    await post.round()
    (mail,) = post.to(IVY)
    html = mail.get_body(("html",))
    assert html is not None
    assert "<a href='https://evil.example'>" not in html.get_content()
    assert mail["Bcc"] is None


async def test_a_mail_sent_again_is_another_mail(post: Post) -> None:
    made = await invited(post)
    await post.round()
    await change.send(post.ports, [made], NOW)
    await post.round()
    first, second = post.to(IVY)
    assert first["Message-ID"] != second["Message-ID"]


@pytest.mark.parametrize(
    ("what", "state"),
    [
        ("revoked", MailState.SUPERSEDED),
        ("renewed", MailState.SUPERSEDED),
        ("used up", MailState.SUPERSEDED),
        ("expired", MailState.EXPIRED),
        ("gone", MailState.FAILED),
        ("event type gone", MailState.FAILED),
        ("no base_url", MailState.NOT_SENT),
    ],
)
async def test_what_does_not_hold_any_more_is_not_mailed(post: Post, what: str, state: MailState) -> None:
    made = await invited(post)
    ports: Ports = post.ports
    if what == "revoked":
        await change.revoke(ports, made.id, NOW)
    elif what == "renewed":
        await change.renew(ports, made.id)
    elif what == "used up":
        await ports.ledger.begin(intent(booking()), [claim(booking())], InviteUse(made.id, 1))
    elif what == "expired":
        cast(FixedClock, ports.clock).move_to(made.expires_at)
    elif what == "gone":
        await ports.homes.delete_invites([made])
    elif what == "event type gone":
        kind = ports.homes.event_type("alice", "hush")
        assert kind is not None
        await ports.homes.delete_event_type(kind)
    else:
        ports = replace(ports, site=replace(SITE, base_url=None))
    await post.round(ports)
    assert [found for found, _ in await states(post)] == [state]
    assert post.mailer.sent == []


async def test_a_mail_that_was_not_sent_for_want_of_a_way_out_is_sent_by_hand(post: Post) -> None:
    """S1.54: as every mail."""
    await invited(post)
    await post.round(replace(post.ports, site=replace(SITE, base_url=None)))
    (mail,) = await post.mails()
    assert await post.ports.ledger.requeue_mail(mail.id, int(NOW.timestamp()))
    cast(FixedClock, post.ports.clock).move_to(NOW + timedelta(seconds=1))
    await post.round()
    assert len(post.to(IVY)) == 1


async def test_mails_about_a_hidden_meeting_offer_no_page_that_is_not_there(post: Post) -> None:
    """S1.2: whoever came by invite has no way back to what strangers cannot see."""
    made = await invited(post)
    ports, start = post.ports, at(f"{DAY} 14:00")
    token = token_of(ports, made)
    wish = NewBooking(
        home="alice", slug="hush", start=start, name="Ivy", email=IVY, zone=BERLIN, invite=token
    )
    booking = await book(ports, wish, Actor.GUEST, NOW)
    await cancel.cancel(ports, await look.by_id(ports, booking.id), "Ill", Actor.GUEST, NOW)
    await post.round()
    mails = [mail for mail in post.to(IVY) if "Cancelled" in mail["Subject"]]
    text = mails[0].get_body(("plain",))
    assert text is not None
    assert "/u/alice/hush" not in text.get_content()
