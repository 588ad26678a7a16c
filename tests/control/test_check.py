"""What `daybook check` says about an installation."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from server.adapters.mail.maildir import MaildirInbox
from server.adapters.memory import SITE, memory_ports
from server.adapters.memory.calendars import MemoryCalendars
from server.adapters.memory.homes import MemoryHomes
from server.adapters.memory.inbox import MemoryInbox
from server.adapters.memory.ledger import MemoryLedger
from server.adapters.memory.mailer import MemoryMailer
from server.control.check import Check, check
from server.control.findings import Finding, Verdict
from server.domain.booking import Actor, Booking
from server.domain.errors import Unavailable
from server.domain.hosts import Strategy
from server.domain.identity import Home
from server.ical import vevent
from server.ports import HomeFault, MailState, ObjectWrite, Ports
from server.usecases.booking import cancel, create, look
from server.usecases.booking.create import NewBooking
from tests.builders import BERLIN, DAY, NOW, at, event_type, host, settle_in, team


@pytest.fixture
async def ports() -> Ports:
    made = memory_ports(NOW, calendars=MemoryCalendars(BERLIN))
    await settle_in(made, host(), event_type())
    return made


async def booked(ports: Ports, clock: str = "10:00") -> Booking:
    wish = NewBooking(
        home="alice",
        slug="intro",
        start=at(f"{DAY} {clock}"),
        name="Gus",
        email="gus@example.net",
        zone=BERLIN,
    )
    return await create.create(ports, wish, Actor.GUEST, NOW)


async def write(ports: Ports, booking: Booking, text: str | None) -> None:
    """Write as a calendar client would."""
    looked = await look.by_id(ports, booking.id)
    stored = looked.stored
    wish = ObjectWrite(stored.calendar, stored.href, stored.etag, text)
    staged = await ports.calendars.stage(booking.home, [wish])
    await ports.calendars.swap(booking.home, "client", staged, ())


async def findings(ports: Ports) -> Mapping[str, Finding]:
    return {finding.about: finding for finding in await check(ports, Check())}


async def test_an_installation_that_is_well_has_nothing_but_ok(ports: Ports) -> None:
    await booked(ports)
    assert {finding.verdict for finding in (await findings(ports)).values()} == {Verdict.OK}


class FullDisk(MemoryLedger):
    """A ledger that cannot be written."""

    async def probe(self) -> None:
        raise Unavailable("The disk is full.")


async def test_a_ledger_that_cannot_be_written_is_a_fault() -> None:
    found = (await findings(memory_ports(NOW, ledger=FullDisk())))["ledger"]
    assert (found.verdict, found.text) == (Verdict.FAULT, "The disk is full.")
    assert "disk space" in found.cure


async def test_a_site_without_a_host_says_how_to_add_one() -> None:
    found = (await findings(memory_ports(NOW)))["hosts"]
    assert (found.verdict, "daybook host add" in found.cure) == (Verdict.WARNING, True)


@pytest.mark.parametrize(
    ("base_url", "verdict"),
    [
        (None, Verdict.WARNING),
        ("http://book.example.org", Verdict.WARNING),
        ("http://127.0.0.1:8000", Verdict.OK),
        ("https://book.example.org", Verdict.OK),
    ],
)
async def test_a_base_url_is_there_and_encrypted(base_url: str | None, verdict: Verdict) -> None:
    ports = memory_ports(NOW, site=replace(SITE, base_url=base_url))
    assert (await findings(ports))["base URL"].verdict is verdict


async def test_a_receiving_calendar_that_is_not_there_is_a_fault(ports: Ports) -> None:
    await settle_in(
        ports, host("bob", number=8), replace(event_type("talk", home="bob", number=9), receiving="work")
    )
    assert "“work”" in (await findings(ports))["host bob"].text


async def test_a_file_that_cannot_be_read_is_a_fault() -> None:
    homes = MemoryHomes()
    homes.faults = (HomeFault(Path("/data/alice/.Daybook/profile.json"), "is no JSON: put it back"),)
    found = (await findings(memory_ports(NOW, homes=homes)))["/data/alice/.Daybook/profile.json"]
    assert (found.verdict, found.text) == (Verdict.FAULT, "is no JSON: put it back")


async def test_failed_mails_are_a_fault_and_a_missing_way_out_is_a_warning(ports: Ports) -> None:
    await booked(ports)
    mail = (await ports.ledger.mails())[0]
    await ports.ledger.finish_mail(mail.id, MailState.FAILED, int(NOW.timestamp()), "550")
    found = (await findings(ports))["mails"]
    assert (found.verdict, found.text) == (Verdict.FAULT, "1 queued, 1 failed, 0 not sent")
    closed = memory_ports(NOW, mailer=MemoryMailer(is_configured=False))
    assert (await findings(closed))["mails"].verdict is Verdict.WARNING


async def test_a_booking_that_a_client_moved_is_listed_with_both_times(ports: Ports) -> None:
    booking = await booked(ports)
    text = (await look.by_id(ports, booking.id)).stored.text
    await write(
        ports, booking, text.replace(":20260302T100000", ":20260302T150000").replace("T103000", "T153000")
    )
    found = (await findings(ports))[f"booking {booking.id}"]
    assert found.text == "was moved in alice/calendar from 2026-03-02 09:00 to 2026-03-02 14:00 UTC"


async def test_a_booking_that_a_client_removed_is_listed(ports: Ports) -> None:
    booking = await booked(ports)
    await write(ports, booking, None)
    assert "was removed from alice/calendar" in (await findings(ports))[f"booking {booking.id}"].text


async def test_a_booking_that_a_client_cancelled_is_listed(ports: Ports) -> None:
    booking = await booked(ports)
    text = (await look.by_id(ports, booking.id)).stored.text
    await write(ports, booking, text.replace("STATUS:CONFIRMED", "STATUS:CANCELLED"))
    assert "was cancelled in alice/calendar" in (await findings(ports))[f"booking {booking.id}"].text


async def test_a_booking_that_was_cancelled_here_is_as_it_should_be(ports: Ports) -> None:
    booking = await booked(ports)
    await cancel.cancel(ports, await look.by_id(ports, booking.id), "", Actor.GUEST, NOW)
    assert (await findings(ports))["bookings"].verdict is Verdict.OK


async def test_a_client_that_only_adds_an_alarm_moves_nothing(ports: Ports) -> None:
    booking = await booked(ports)
    text = vevent.revised((await look.by_id(ports, booking.id)).stored.text, booking, host())
    alarm = "BEGIN:VALARM\r\nACTION:DISPLAY\r\nTRIGGER:-PT10M\r\nDESCRIPTION:x\r\nEND:VALARM\r\nEND:VEVENT"
    await write(ports, booking, text.replace("END:VEVENT", alarm))
    assert (await findings(ports))["bookings"].verdict is Verdict.OK


async def test_mail_that_comes_in_is_looked_at_where_that_is_set() -> None:
    ports = memory_ports(NOW, calendars=MemoryCalendars(BERLIN), inbox=MemoryInbox())
    await settle_in(ports, host(), event_type())
    made = await booked(ports)
    assert (await findings(ports))["incoming mail"].verdict is Verdict.OK
    (mail, *_) = await ports.ledger.mails()
    await ports.ledger.finish_mail(mail.id, MailState.SENT, int(NOW.timestamp()))
    await ports.ledger.bounce_mail(mail.id, int(NOW.timestamp()), "5.1.1")
    found = (await findings(ports))["incoming mail"]
    assert (found.verdict, made.id in found.text) == (Verdict.WARNING, True)


async def test_a_maildir_that_cannot_be_used_is_a_fault(tmp_path: Path) -> None:
    ports = memory_ports(NOW, calendars=MemoryCalendars(BERLIN), inbox=MaildirInbox(tmp_path / "nowhere"))
    assert (await findings(ports))["incoming mail"].verdict is Verdict.FAULT


async def test_an_event_type_whose_guests_cannot_be_asked_for_their_address_is_a_fault() -> None:
    ports = memory_ports(NOW, calendars=MemoryCalendars(BERLIN), site=replace(SITE, base_url=None))
    await settle_in(ports, host(), replace(event_type(), confirm_address=True))
    assert (await findings(ports))["event type alice/intro"].verdict is Verdict.FAULT


async def test_a_team_that_is_well_is_counted(ports: Ports) -> None:
    assert "teams" not in await findings(ports)
    await ports.homes.save_team(team("sales", "alice"))
    await ports.homes.save_event_type(
        replace(event_type("demo", home="sales", number=30), strategy=Strategy.ROUND_ROBIN)
    )
    assert (await findings(ports))["teams"] == Finding(Verdict.OK, "teams", "1 can be booked")


async def test_a_team_that_nobody_belongs_to_is_found(ports: Ports) -> None:
    await ports.homes.save_team(team("sales", "gone"))
    about = [one.text for one in await check(ports, Check()) if one.about == "team sales"]
    assert about == ["gone is a member, and there is no such host", "nobody takes part in it"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({}, "has no strategy"),
        ({"strategy": Strategy.COLLECTIVE, "hosts": ()}, "has nobody"),
        ({"strategy": Strategy.COLLECTIVE, "hosts": (Home("alice"), Home("carl"))}, "names carl"),
    ],
)
async def test_an_event_type_of_a_team_that_nobody_could_meet_for_is_a_fault(
    ports: Ports, change: dict[str, object], said: str
) -> None:
    await ports.homes.save_team(team("sales", "alice"))
    kind = replace(event_type("demo", home="sales", number=30), **change)  # type: ignore[arg-type]
    await ports.homes.save_event_type(kind)
    finding = (await findings(ports))["event type sales/demo"]
    assert finding.verdict is Verdict.FAULT
    assert said in finding.text
