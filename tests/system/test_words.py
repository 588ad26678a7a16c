"""The ledger holds no meeting: no word that a person typed is found in its bytes, nor a guest's in the log."""

import json
import re
import urllib.error
from datetime import date, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from zoneinfo import ZoneInfo

import pytest

from tests.ical.test_holidays import calendar, whole_day
from tests.system.running import Running, wait_until

pytestmark = pytest.mark.slow

HOST_WORDS = {
    "name": "Quaggaford",
    "about": "Zyxomma",
    "title": "Wobbegong",
    "description": "Xenarthra",
    "location": "https://numbat.example/Ocelotl",
    "program": "Thylacine",
    "question": "Zebu",
    "thanks": "Umbrellabird",
    "away": "Zorilla",
    "holiday": "Aardwolf",
    "other_address": "jerboa@okapi.example",
    "blocked": "weevil@colobus.example",
    "redirect": "https://pika.example/Numbfish",
    "declined": "Solenodon",
    "room": "https://serow.example/Galago",
    "imported": "Echidna",
    "team": "Kakapo",
    "team_email": "quokka@agouti.example",
    "team_about": "Caracara",
    "handed": "Marabou",
}
GUEST_WORDS = {
    "name": "Pangolinus Axolotl",
    "email": "capybara@tapir.example",
    "notes": "Kinkajou Fossa",
    "answer": "Markhor",
    "place": "Takin",
    "reason": "Bandicoot",
    "move": "Dugong",
    "keep": "Hoatzin",
    "operator": "Gharial Okapi",
    "operator_email": "narwhal@tapir.example",
    "operator_notes": "Vaquita",
    "operator_answer": "Saola",
    "invited": "Tamandua Coati",
    "invited_email": "dikdik@tapir.example",
    "invite": "Ptarmigan",
    "friend": "Meerkat Serval",
    "friend_email": "colugo@tapir.example",
    "later_friend": "Binturong",
    "later_friend_email": "civet@tapir.example",
    "phone": "+49305550177",
    "of_series": "Fennec Aardvark",
    "of_series_email": "kudu@tapir.example",
    "one_off": "Wapiti",
    "seated": "Lemming Gerenuk",
    "seated_email": "saiga@tapir.example",
    "seated_notes": "Bilby",
    "also_seated": "Pudu Nyala",
    "also_seated_email": "gaur@tapir.example",
    "waits": "Addax Bongo",
    "waits_email": "eland@tapir.example",
    "waits_notes": "Muntjac",
    "of_team": "Hyrax Genet",
    "of_team_email": "olm@tapir.example",
}


def furnish(server: Running) -> None:
    """Let the host fill in every field there is."""
    server.daybook(
        *("host", "set", "demo", "--name", HOST_WORDS["name"], "--about", HOST_WORDS["about"]),
        *("--other-address", HOST_WORDS["other_address"], "--block", HOST_WORDS["blocked"]),
    )
    server.daybook("app-password", "create", "demo", "--name", HOST_WORDS["program"])
    far = date.today() + timedelta(days=300)  # noqa: DTZ011 - any day will do
    server.daybook("host", "away", "add", "demo", "--from", str(far), "--message", HOST_WORDS["away"])
    holidays = server.data / "holidays.ics"
    holidays.write_text(calendar(whole_day(f"{far:%Y%m%d}", HOST_WORDS["holiday"])), encoding="utf-8")
    server.daybook("host", "holidays", "demo", str(holidays))
    holidays.write_text(calendar(whole_day(f"{far:%Y%m%d}", HOST_WORDS["imported"])), encoding="utf-8")
    server.daybook("calendar", "import", "demo/calendar", str(holidays))
    server.daybook(
        *("event-type", "create", "demo/words", "--title", HOST_WORDS["title"]),
        *("--description", HOST_WORDS["description"], "--location", f"link:{HOST_WORDS['location']}"),
        *("--location-option", "ask place", "--question", f"text/why!: {HOST_WORDS['question']}"),
        *("--thanks", HOST_WORDS["thanks"], "--hours", "always", "--notice", "0"),
    )
    server.daybook(
        *("event-type", "create", "demo/calls", "--ask-phone", "--guests", "2", "--requires-confirmation"),
        *("--redirect", HOST_WORDS["redirect"], "--hours", "always", "--notice", "0"),
    )
    server.daybook(
        *("event-type", "create", "demo/rooms", "--room-template", f"{HOST_WORDS['room']}/{{room}}"),
        *("--guests", "2", "--hours", "always", "--notice", "0"),
    )


def live(server: Running) -> str:
    """Let a guest book, move and cancel over /v1, and an operator on the command line; return the guest's token.

    Each waits for the mail of what was done before, as a mail that comes too late is never sent.
    """
    soon = date.today() + timedelta(days=3)  # noqa: DTZ011 - any day will do
    starts = server.slots("words", str(soon), str(soon))
    status, made = server.book(
        "words",
        starts[2],
        invitee_name=GUEST_WORDS["name"],
        invitee_email=GUEST_WORDS["email"],
        notes=GUEST_WORDS["notes"],
        answers={"why": GUEST_WORDS["answer"]},
        location="guest_place",
        location_value=GUEST_WORDS["place"],
    )
    assert status == 201
    token = str(made["cancel_token"])
    mailed_to(server, GUEST_WORDS["email"], 1)
    move = {"new_start_time": starts[6], "reason": GUEST_WORDS["move"]}
    assert server.post(f"/v1/bookings/{made['id']}/reschedule?token={token}", move)[0] == 200
    mailed_to(server, GUEST_WORDS["email"], 2)
    (asked,) = answer_tokens(server)
    assert b"asks for another time" in server.get(f"/b/words/approve/{asked}")
    server.daybook("booking", "decline", str(made["id"]), "--keep", "--reason", GUEST_WORDS["keep"])
    mailed_to(server, GUEST_WORDS["email"], 3)
    assert (
        server.post(f"/v1/bookings/{made['id']}/cancel?token={token}", {"reason": GUEST_WORDS["reason"]})[0]
        == 200
    )
    free = datetime.fromisoformat(starts[10]).astimezone(ZoneInfo("Europe/Berlin"))
    server.daybook(
        *("booking", "create", "demo/words", "--date", f"{free:%Y-%m-%d}", "--time", f"{free:%H:%M}"),
        *("--name", GUEST_WORDS["operator"], "--email", GUEST_WORDS["operator_email"]),
        *("--notes", GUEST_WORDS["operator_notes"], "--answer", f"why={GUEST_WORDS['operator_answer']}"),
    )
    server.daybook(
        *("invite", "create", "demo/words", "--name", GUEST_WORDS["invited"]),
        *("--email", GUEST_WORDS["invited_email"], "--message", GUEST_WORDS["invite"]),
    )
    return token


def live_together(server: Running) -> None:
    """Let a guest ask for a call with a friend, whom the host declines; and meet in a room, where friends come and go."""
    soon = date.today() + timedelta(days=4)  # noqa: DTZ011 - any day will do
    people: dict[str, object] = {
        "invitee_name": GUEST_WORDS["name"],
        "invitee_email": GUEST_WORDS["email"],
        "guests": [{"name": GUEST_WORDS["friend"], "email": GUEST_WORDS["friend_email"]}],
    }
    starts = server.slots("calls", str(soon), str(soon))
    status, made = server.book("calls", starts[2], **people, location_value=GUEST_WORDS["phone"])
    assert status == 201, made
    server.daybook("booking", "decline", str(made["id"]), "--reason", HOST_WORDS["declined"])
    status, made = server.book("rooms", starts[6], **people)
    assert status == 201, made
    friend = f"{GUEST_WORDS['later_friend']} <{GUEST_WORDS['later_friend_email']}>"
    server.daybook("booking", "add-guest", str(made["id"]), friend)
    mailed_to(server, GUEST_WORDS["later_friend_email"], 1)
    server.daybook("booking", "remove-guest", str(made["id"]), GUEST_WORDS["friend_email"])
    mailed_to(server, GUEST_WORDS["friend_email"], 2)


def live_with_a_team(server: Running) -> None:
    """Let a guest meet a team, whose meeting goes from one of its hosts to the other."""
    server.daybook(
        *("team", "create", "band", "--name", HOST_WORDS["team"], "--email", HOST_WORDS["team_email"]),
        *("--about", HOST_WORDS["team_about"], "--zone", "UTC", "--member", "demo", "--member", "robin"),
    )
    server.daybook("event-type", "create", "band/talk", "--notice", "0")
    soon = date.today() + timedelta(days=5)  # noqa: DTZ011 - any day will do
    made = server.daybook(
        *("booking", "create", "band/talk", "--date", str(soon), "--time", "23:00", "--anyway", "--json"),
        *("--name", GUEST_WORDS["of_team"], "--email", GUEST_WORDS["of_team_email"]),
    )
    mailed_to(server, GUEST_WORDS["of_team_email"], 1)
    found = json.loads(made)
    other = "robin" if found["home"] == "demo" else "demo"
    server.daybook("booking", "reassign", found["id"], "--to", other, "--reason", HOST_WORDS["handed"])
    mailed_to(server, GUEST_WORDS["of_team_email"], 2)


def live_with_seats(server: Running) -> None:
    """Let two guests share a meeting, and a third wait until one of them leaves."""
    server.daybook("event-type", "create", "demo/class", "--notice", "0", "--seats", "2", "--waitlist", "2")
    soon = date.today() + timedelta(days=6)  # noqa: DTZ011 - any day will do
    start = f"{soon}T22:00:00Z"
    made = ""
    for who in ("seated", "also_seated"):
        made = server.daybook(
            *("booking", "create", "demo/class", "--date", str(soon), "--time", "22:00", "--timezone", "UTC"),
            *("--name", GUEST_WORDS[who], "--email", GUEST_WORDS[f"{who}_email"], "--anyway", "--json"),
            *("--notes", GUEST_WORDS["seated_notes"]),
        )
        mailed_to(server, GUEST_WORDS[f"{who}_email"], 1)
    person = {"invitee_name": GUEST_WORDS["waits"], "invitee_email": GUEST_WORDS["waits_email"]}
    status, waits = server.book("class", start, **person, notes=GUEST_WORDS["waits_notes"], waitlist=True)
    assert (status, waits["id"]) == (201, json.loads(made)["id"])
    mailed_to(server, GUEST_WORDS["waits_email"], 1)
    server.daybook("booking", "remove-guest", str(waits["id"]), GUEST_WORDS["seated_email"])
    mailed_to(server, GUEST_WORDS["waits_email"], 2)


def live_in_series(server: Running) -> None:
    """Let the host repeat a meeting with a guest, move one, and cancel another and say why."""
    server.daybook("event-type", "create", "demo/talks", "--notice", "0")
    first = date.today() + timedelta(days=90)  # noqa: DTZ011 - any day will do
    second, third = (str(first + timedelta(weeks=week)) for week in (1, 2))
    made = server.daybook(
        *("booking", "create", "demo/talks", "--date", str(first), "--time", "23:00", "--anyway", "--json"),
        *("--repeat", "weekly", "--count", "3"),
        *("--name", GUEST_WORDS["of_series"], "--email", GUEST_WORDS["of_series_email"]),
    )
    id_ = str(json.loads(made)["id"])
    mailed_to(server, GUEST_WORDS["of_series_email"], 1)
    server.daybook(
        *("booking", "reschedule", id_, "--occurrence", second, "--date", second, "--time", "22:00"),
        "--anyway",
    )
    mailed_to(server, GUEST_WORDS["of_series_email"], 2)
    server.daybook("booking", "cancel", id_, "--occurrence", third, "--reason", GUEST_WORDS["one_off"])
    mailed_to(server, GUEST_WORDS["of_series_email"], 3)


def invite_token(server: Running) -> str:
    """Return the token of the invite in its mail, once its page was opened."""
    (mail,) = mailed_to(server, GUEST_WORDS["invited_email"], 1)
    (token,) = set(re.findall(r"/i/(i_[\w-]+)", decoded(mail).decode()))
    assert GUEST_WORDS["invite"].encode() in server.get(f"/i/{token}")
    return str(token)


def answer_tokens(server: Running) -> set[str]:
    """Return the tokens of the approval requests that guests have made."""
    mails = mailed_to(server, "demo@example.org", 2)
    return {found for raw in mails for found in re.findall(r"/approve/([\w-]+)", decoded(raw).decode())}


def mailed_to(server: Running, address: str, count: int) -> list[bytes]:
    """Wait until so many mails to an address have left, and return them."""
    wait_until(lambda: len(mails_to(server, address)) >= count)
    return mails_to(server, address)


def mails_to(server: Running, address: str) -> list[bytes]:
    """Return the mails to an address that have left."""
    mails = [path.read_bytes() for path in (server.data / "mail").glob("*.eml")]
    return [raw for raw in mails if address in str(message_from_bytes(raw, policy=default)["To"])]


def test_no_typed_word_reaches_the_ledger_and_no_secret_the_log(running: Running) -> None:
    furnish(running)
    token = live(running)
    mails = mailed_to(running, GUEST_WORDS["email"], 4)
    mailed_to(running, GUEST_WORDS["operator_email"], 1)
    links = {link for raw in mails for link in re.findall(rb"/manage/([\w-]+)", decoded(raw))}
    assert links
    assert sum(opens(running, link.decode()) for link in links) == 1, (
        "the last one tells that it was cancelled"
    )
    invite = invite_token(running)
    live_together(running)
    live_with_a_team(running)
    live_in_series(running)
    live_with_seats(running)
    ledger = ledger_bytes(running)
    assert running.stop() == 0
    ledger += ledger_bytes(running)
    words = [*HOST_WORDS.values(), *GUEST_WORDS.values()]
    assert [word for value in words for word in value.split() if word.lower().encode() in ledger] == []
    log = running.log.read_bytes()
    secrets = [
        token.encode(),
        *(found.encode() for found in answer_tokens(running)),
        invite.encode(),
        *links,
        GUEST_WORDS["email"].encode(),
        *(GUEST_WORDS[field].encode() for field in ("name", "friend", "friend_email", "later_friend_email")),
    ]
    assert [secret for secret in secrets if secret in log] == []


def ledger_bytes(server: Running) -> bytes:
    """Return what the files of the ledger hold, its write-ahead log too, in lower case."""
    return b"".join(path.read_bytes() for path in sorted(server.data.glob("ledger.db*"))).lower()


def opens(server: Running, link: str) -> bool:
    """Open a manage link as a guest would; tell whether it still leads anywhere."""
    try:
        server.get(f"/b/words/manage/{link}")
    except urllib.error.HTTPError:
        return False
    return True


def decoded(raw: bytes) -> bytes:
    """Return the plain text of a mail."""
    body = message_from_bytes(raw, policy=default).get_body(("plain",))
    assert body is not None
    return str(body.get_content()).encode()
