"""The pages of teams: like those of hosts, under an address of their own."""

from dataclasses import replace
from datetime import date

import pytest
from aiohttp import web

from server.adapters.mail.stationery import TemplateStationery
from server.domain.away import Away
from server.domain.booking import Actor
from server.domain.event_type import EventType, Visibility
from server.domain.hosts import Strategy
from server.domain.identity import Home
from server.domain.limits import Caps
from server.domain.team import Member
from server.ports import BookingRecord, Letter, MailKind, Ports
from server.resources import templates_dir
from server.usecases.booking import cancel, look
from server.usecases.delivery.gather import gather
from server.usecases.host.disable import disable as disable_host
from server.usecases.invite.create import Terms, Wanted
from server.usecases.invite.create import create as invite
from server.usecases.invite.open import token_of
from server.usecases.team import change, members
from server.web.guest import routes
from tests.builders import NOW, event_type, host, settle_in, team
from tests.web.guest.conftest import Client, Guest, Page

PAGE = "/team/sales/demo"
CONSULT = "/team/sales/consult"


def kind(slug: str, number: int, strategy: Strategy) -> EventType:
    made = event_type(slug, home="sales", number=number, title=slug.capitalize())
    return replace(made, strategy=strategy)


@pytest.fixture
async def ports(ports: Ports) -> Ports:
    """Return the ports, with the team sales of alice and bob, who works from noon on, and whom carl has left."""
    await settle_in(ports, host("bob", number=7, name="Bob Example", weekly="mon-fri 12:00-17:00"))
    await settle_in(ports, host("carl", number=8, name="Carl Example"))
    await ports.homes.save_team(replace(team("sales", "alice", "bob", "carl"), about="We sell bridges."))
    await members.edit(ports, "sales", "carl", lambda one: replace(one, active=False))
    for number, slug, strategy in (
        (31, "demo", Strategy.ROUND_ROBIN),
        (32, "pitch", Strategy.COLLECTIVE),
        (33, "consult", Strategy.MANAGED),
    ):
        await ports.homes.save_event_type(kind(slug, number, strategy))
    return ports


async def test_the_page_of_a_team_shows_what_it_offers_and_who_is_in_it(guest: Guest) -> None:
    page = await guest.open("/team/sales")
    assert page.status == 200
    for words in ("Sales", "We sell bridges.", "Alice Example", "Bob Example", "Demo", "Pitch", "Consult"):
        assert words in page.words
    assert "Carl" not in page.words
    assert {PAGE, CONSULT, "/u/alice"} <= set(page.links)
    assert "/u/bob" not in page.links, "bob offers nothing of his own"


@pytest.mark.parametrize(
    "path", ["/team/alice", "/u/sales", "/team/nobody", "/team/alice/intro", "/u/sales/demo"]
)
async def test_hosts_and_teams_have_addresses_of_their_own(guest: Guest, path: str) -> None:
    page, unknown = await guest.open(path), await guest.open("/u/nobody/intro")
    assert (page.status, page.text) == (404, unknown.text)


async def test_a_team_offers_the_times_at_which_the_strategy_has_somebody(guest: Guest) -> None:
    """S2.45, S2.47"""
    one = await guest.open(f"{PAGE}?tz=Europe/Berlin")
    assert one.status == 200
    assert one.slots[0].startswith(f"{PAGE}/book?")
    assert "2026-03-02T08:00Z" in one.slots[0]
    assert "Sales" in one.words
    assert "/team/sales" in one.links
    both = await guest.open("/team/sales/pitch?tz=Europe/Berlin")
    assert "2026-03-02T11:00Z" in both.slots[0]


async def test_the_form_of_a_team_is_below_its_page(guest: Guest) -> None:
    form = await guest.open(f"{PAGE}/book?start=2026-03-02T08:00Z&tz=Europe/Berlin")
    assert form.status == 200
    assert f"{PAGE}?date=2026-03-02&tz=Europe/Berlin" in form.links
    assert f'action="{PAGE}/book"' in form.text


@pytest.mark.parametrize("how", ["private", "disabled"])
async def test_a_team_that_is_private_or_switched_off_is_not_there(
    guest: Guest, ports: Ports, client: Client, how: str
) -> None:
    if how == "private":
        await change.change(ports, "sales", lambda one: replace(one, private=True))
    else:
        await change.disable(ports, "sales")
    unknown = await guest.open("/u/nobody/intro")
    for path in ("/team/sales", PAGE, f"{PAGE}/book?start=2026-03-02T08:00Z", CONSULT):
        page = await guest.open(path)
        assert (page.status, page.text) == (404, unknown.text)
    assert (await client.get("/feeds/sales/demo.ics")).status == 404
    query = "event_type_id=sales/demo&start=2026-03-02&end=2026-03-02"
    assert (await client.get(f"/v1/availability?{query}")).status == 404


async def test_a_private_team_is_reached_by_invite_and_its_page_by_nobody(guest: Guest, ports: Ports) -> None:
    await change.change(ports, "sales", lambda one: replace(one, private=True))
    terms = Terms(made_by="alice")
    (made,) = await invite(
        ports, ("sales", "demo"), [Wanted(name="Ivy", email="ivy@example.net")], terms, NOW
    )
    page = await guest.open(f"/i/{token_of(ports, made)}?tz=Europe/Berlin")
    assert page.status == 200
    assert "Alice Example invites you" in page.words
    assert page.slots[0].startswith(f"/i/{token_of(ports, made)}/book?")
    assert "/team/sales" not in page.links


async def test_what_is_hidden_is_not_on_the_teams_page(guest: Guest, ports: Ports) -> None:
    demo = ports.homes.event_type("sales", "demo")
    assert demo is not None
    await ports.homes.save_event_type(replace(demo, visibility=Visibility.INTERNAL))
    assert "Demo" not in (await guest.open("/team/sales")).words
    assert (await guest.open(PAGE)).status == 404


async def test_a_guest_chooses_first_whom_to_meet(guest: Guest) -> None:
    """S2.44, S3.9"""
    asked = await guest.open(f"{CONSULT}?tz=Europe/Berlin&view=list&name=Gus")
    assert asked.status == 200
    assert "Whom do you want to meet?" in asked.words
    assert not asked.slots
    (of_alice, of_bob) = [link for link in asked.links if "host=" in link]
    assert of_bob == f"{CONSULT}?host=bob&view=list&tz=Europe/Berlin&name=Gus"
    his = await guest.open(of_bob)
    assert "Bob Example (Sales)" in his.words
    assert "2026-03-02T11:00Z" in his.slots[0]
    assert all("host=bob" in link for link in his.slots)
    assert "2026-03-02T08:00Z" in (await guest.open(of_alice)).slots[0]


async def test_the_choice_goes_with_every_link_and_form_and_can_be_made_again(guest: Guest) -> None:
    page = await guest.open(f"{CONSULT}?host=bob&tz=Europe/Berlin")
    assert page.fields["host"] == "bob"
    again = f"{CONSULT}?tz=Europe/Berlin"
    assert again in page.links
    assert "Meet somebody else" in page.words
    below = [link for link in page.links if link.startswith((CONSULT, "/feeds/")) and link != again]
    assert below
    assert all("host=bob" in link for link in below)
    form = await guest.open(page.slots[0])
    assert form.fields["host"] == "bob"
    assert "Bob Example (Sales)" in form.words


@pytest.mark.parametrize("name", ["carl", "nobody", "alice%2Bbob", "%00"])
async def test_who_cannot_be_chosen_is_told_so_with_those_who_can(guest: Guest, name: str) -> None:
    """S3.9"""
    page = await guest.open(f"{CONSULT}?host={name}")
    assert page.status == 404
    assert "This person cannot be chosen for this meeting." in page.words
    assert len([link for link in page.links if "host=" in link]) == 2


async def test_who_is_switched_off_as_a_host_cannot_be_chosen(guest: Guest, ports: Ports) -> None:
    await disable_host(ports, "bob")
    assert (await guest.open(f"{CONSULT}?host=bob")).status == 404
    alone = await guest.open(CONSULT)
    assert "Alice Example (Sales)" in alone.words, "who is the only one need not be chosen"
    assert "Meet somebody else" not in alone.words


async def test_a_form_without_a_choice_leads_to_the_choice(guest: Guest) -> None:
    page = await guest.open(f"{CONSULT}/book?start=2026-03-02T12:00Z&tz=Europe/Berlin")
    assert page.path.startswith(f"{CONSULT}?start=")
    assert "Whom do you want to meet?" in page.words


async def test_a_team_of_nobody_offers_nothing_and_says_so(guest: Guest, ports: Ports) -> None:
    for home in ("alice", "bob"):
        await members.edit(ports, "sales", home, lambda one: replace(one, active=False))
    assert not (await guest.open(PAGE)).slots
    assert "There is nothing to book here at the moment." in (await guest.open(CONSULT)).words
    assert "Alice" not in (await guest.open("/team/sales")).words


async def test_a_page_is_rendered_anew_when_a_member_changes(guest: Guest, ports: Ports) -> None:
    """The answers that are kept know of the team, and of the profile and the calendars of each member."""
    path = f"{PAGE}?tz=Europe/Berlin"
    first = (await guest.open(path)).slots
    bob, alice = ports.homes.host("bob"), ports.homes.host("alice")
    assert bob is not None
    assert alice is not None
    await ports.homes.save_host(replace(alice, hours=bob.hours))
    fewer = (await guest.open(path)).slots
    assert "T11:00Z" in fewer[0]
    await guest.fill_in("/u/alice/intro/book?start=2026-03-02T11:00Z&tz=Europe/Berlin")
    assert (await guest.open(path)).slots == fewer, "bob is free"
    await members.edit(ports, "sales", "bob", lambda one: replace(one, active=False))
    assert (await guest.open(path)).slots == fewer[1:]
    assert first != fewer


async def test_the_feed_of_a_team_leads_to_its_forms(client: Client) -> None:
    text = await (await client.get("/feeds/sales/demo.ics")).text()
    assert "https://book.example/team/sales/demo/book?start=" in text.replace("\r\n ", "")
    chosen = await client.get("/feeds/sales/consult.ics?host=bob")
    assert "/team/sales/consult/book?host=bob&start=" in (await chosen.text()).replace("\r\n ", "")
    assert (await client.get("/feeds/sales/consult.ics")).status == 422
    assert (await client.get("/feeds/sales.ifb")).status == 404


async def test_teams_have_no_calendars_to_sign_in_to(ports: Ports) -> None:
    assert ports.homes.host("sales") is None
    assert ports.calendars.names(Home("sales")) == ()


async def booked(guest: Guest, ports: Ports, path: str, **typed: str) -> tuple[Page, BookingRecord]:
    """Book by the form and return the confirmation, and what the ledger has of it."""
    page = await guest.fill_in(path, **typed)
    assert page.status == 200, page.words
    (record,) = await ports.ledger.bookings()
    return page, record


async def test_booked_by_the_form_the_guest_meets_a_member_and_is_led_back_to_the_team(
    guest: Guest, ports: Ports
) -> None:
    """S2.45, S1.46"""
    page, record = await booked(guest, ports, f"{PAGE}/book?start=2026-03-02T09:00Z&tz=Europe/Berlin")
    assert (record.home, record.team, record.co_hosts) == ("alice", "sales", ())
    assert "Alice Example (Sales)" in page.words
    path = page.path.partition("/booked")[0]
    moved = await guest.send(f"{path}/reschedule/confirm", {"start": "2026-03-02T13:00Z"})
    assert moved.status == 200, moved.words
    gone = await guest.send(f"{moved.path.removesuffix('/moved')}/cancel", {"reason": ""})
    assert PAGE in gone.links
    (record,) = await ports.ledger.bookings()
    assert (record.home, record.team) == ("alice", "sales")


async def test_whom_the_guest_chose_is_whom_they_meet(guest: Guest, ports: Ports) -> None:
    """S2.44, S3.9"""
    form = f"{CONSULT}/book?host=bob&start=2026-03-02T12:00Z&tz=Europe/Berlin"
    page, record = await booked(guest, ports, form)
    assert (record.home, record.team) == ("bob", "sales")
    assert "Bob Example (Sales)" in page.words
    taken = await guest.open(form)
    assert taken.status == 409
    assert taken.fields["host"] == "bob"
    other = await guest.open(form.replace("bob", "alice"))
    assert other.status == 200, "alice has that time"


async def test_who_cannot_be_met_any_more_when_the_form_comes_is_told_so_and_what_was_typed_stays(
    guest: Guest, ports: Ports
) -> None:
    path = f"{CONSULT}/book"
    form = await guest.open(f"{path}?host=bob&start=2026-03-02T12:00Z&tz=Europe/Berlin")
    await members.edit(ports, "sales", "bob", lambda one: replace(one, active=False))
    await ports.homes.save_host(host("dan", number=9, name="Dan Example"))
    await members.add(ports, "sales", Member(home=Home("dan")))
    typed = {"name": "Gus", "email": "gus@example.net", "notes": "About the bridge."}
    page = await guest.send(path, form.fields | typed)
    assert page.status == 422
    assert "Please choose whom you want to meet." in page.words
    assert "About the bridge." in page.text
    assert await ports.ledger.bookings() == []


async def test_who_books_by_a_private_teams_invite_is_led_to_no_page_of_it(
    guest: Guest, ports: Ports
) -> None:
    await change.change(ports, "sales", lambda one: replace(one, private=True))
    (made,) = await invite(
        ports, ("sales", "demo"), [Wanted(name="Ivy", email="ivy@example.net")], Terms(), NOW
    )
    path = f"/i/{token_of(ports, made)}/book?start=2026-03-02T09:00Z&tz=Europe/Berlin"
    page, record = await booked(guest, ports, path)
    assert record.team == "sales"
    gone = await guest.send(f"{page.path.partition('/booked')[0]}/cancel", {"reason": ""})
    assert not [link for link in (*page.links, *gone.links) if "/team/" in link]


async def test_a_collective_meeting_names_all_who_come(guest: Guest, ports: Ports) -> None:
    """S2.47, S2.48"""
    page, record = await booked(guest, ports, "/team/sales/pitch/book?start=2026-03-02T12:00Z&tz=UTC")
    assert (record.home, record.co_hosts, record.team) == ("alice", ("bob",), "sales")
    assert "Alice Example, Bob Example (Sales)" in page.words


async def test_a_week_that_is_full_is_full_on_the_days_on_which_anybody_works(
    guest: Guest, ports: Ports
) -> None:
    demo = ports.homes.event_type("sales", "demo")
    assert demo is not None
    await ports.homes.save_event_type(replace(demo, caps=Caps(per_week=1)))
    await booked(guest, ports, f"{PAGE}/book?start=2026-03-03T09:00Z&tz=Europe/Berlin")
    page = await guest.open(f"{PAGE}?tz=Europe/Berlin&date=2026-03-03&lang=en")
    assert "This week is fully booked." in page.words
    assert page.words.count("Fully booked") == 2 * 5, "for eyes and for screen readers, Monday to Friday"


async def test_programs_find_a_team_by_its_name_and_its_event_types_by_their_ids(
    client: Client, ports: Ports
) -> None:
    kind = ports.homes.event_type("sales", "demo")
    assert kind is not None
    window = "start=2026-03-02&end=2026-03-02&timezone=Europe/Berlin"
    for name in ("sales/demo", kind.id):
        answer = await client.get(f"/v1/availability?event_type_id={name}&{window}")
        assert answer.status == 200
        assert (await answer.json())["slots"][0]["start_time"] == "2026-03-02T08:00:00Z"


async def test_the_mail_of_a_cancelled_meeting_leads_back_to_the_team(guest: Guest, ports: Ports) -> None:
    page, record = await booked(guest, ports, f"{PAGE}/book?start=2026-03-02T09:00Z&tz=Europe/Berlin")
    looked = await look.by_id(ports, record.id)
    await cancel.cancel(ports, looked, "", Actor.HOST, NOW)
    letters = [await gather(ports, mail, int(NOW.timestamp())) for mail in await ports.ledger.mails()]
    texts = [
        TemplateStationery(ports.site, templates_dir()).write(one).text
        for one in letters
        if isinstance(one, Letter) and one.kind is MailKind.CANCELLED and one.attendee is not None
    ]
    assert len(texts) == 1
    assert "https://book.example/team/sales/demo" in texts[0]
    assert page.status == 200


async def test_who_is_chosen_and_away_is_said_to_be(guest: Guest, ports: Ports) -> None:
    bob = ports.homes.host("bob")
    assert bob is not None
    gone = Away(first=date(2026, 3, 2), last=date(2026, 3, 6), message="In the mountains.")
    await ports.homes.save_host(replace(bob, away=(gone,)))
    page = await guest.open(f"{CONSULT}?host=bob&tz=Europe/Berlin&date=2026-03-02")
    assert "Bob Example is away" in page.words
    assert "In the mountains." in page.words
    assert not page.slots
    assert "is away" not in (await guest.open(f"{CONSULT}?host=alice&tz=Europe/Berlin")).words


async def test_who_was_invited_chooses_too_and_books_whom_they_chose(guest: Guest, ports: Ports) -> None:
    """S1.2, S3.9"""
    consult = ports.homes.event_type("sales", "consult")
    assert consult is not None
    await ports.homes.save_event_type(replace(consult, visibility=Visibility.PRIVATE))
    people = [Wanted(name="Ivy", email="ivy@example.net")]
    (made,) = await invite(ports, ("sales", "consult"), people, Terms(made_by="alice"), NOW)
    path = f"/i/{token_of(ports, made)}"
    asked = await guest.open(f"{path}?tz=Europe/Berlin")
    assert "Whom do you want to meet?" in asked.words
    assert "Alice Example invites you" in asked.words
    assert f"{path}?host=bob&tz=Europe/Berlin" in asked.links
    _, record = await booked(guest, ports, f"{path}/book?host=bob&start=2026-03-02T12:00Z&tz=Europe/Berlin")
    assert (record.home, record.team) == ("bob", "sales")
    assert (await guest.open(path)).status == 410


def test_whatever_is_below_the_page_of_a_host_is_below_a_teams_too() -> None:
    found = {(one.method, one.path) for one in routes() if isinstance(one, web.RouteDef)}
    of_hosts = {(method, path.removeprefix("/u/{home}")) for method, path in found if path.startswith("/u/")}
    of_teams = {
        (method, path.removeprefix("/team/{team}")) for method, path in found if path.startswith("/team/")
    }
    assert of_hosts == of_teams
    assert len(of_hosts) >= 4
