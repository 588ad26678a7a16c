"""What multiget, sync-collection and query answer: RFC 4791 §7.8 and §7.9, RFC 6578 §3."""

import re
from pathlib import Path
from xml.etree.ElementTree import fromstring

import pytest

from radicale_plugin import Limits
from radicale_plugin.feed import Change
from tests.radicale_plugin.asking import QUERY, SYNC, Answer, Dav, meeting

CALENDAR = "/alice/calendar/"
EXPANDED = QUERY.replace(
    "<C:calendar-data/>",
    '<C:calendar-data><C:expand start="20261207T000000Z" end="20261210T000000Z"/></C:calendar-data>',
)
WEEK = '<C:time-range start="20261207T000000Z" end="20261210T000000Z"/>'
TITLE = '<C:prop-filter name="SUMMARY"><C:text-match>plan</C:text-match></C:prop-filter>'


@pytest.mark.parametrize("match", [WEEK, TITLE, WEEK + TITLE])
def test_a_series_is_expanded_whatever_else_is_asked_of_it(dav: Dav, match: str) -> None:
    """Etag and text are asked for at once by most clients; Radicale expands an object once for each."""
    dav.put(f"{CALENDAR}series.ics", meeting("series", "RRULE:FREQ=WEEKLY"))
    answer = dav.ask("REPORT", CALENDAR, EXPANDED.format(match))
    assert answer.status == 207
    assert answer.text.count("BEGIN:VEVENT") == 1
    assert "RECURRENCE-ID:20261208T100000Z" in answer.text


MULTIGET = (
    '<C:calendar-multiget xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><prop><getetag/><C:calendar-data/>'
    '<X:colour xmlns:X="urn:example"/></prop>{}</C:calendar-multiget>'
)


def limited(token: str, size: int) -> str:
    return SYNC.format(token).replace("<prop>", f"<limit><nresults>{size}</nresults></limit><prop>")


def statuses(answer: Answer) -> dict[str, str]:
    """Return the last word of each response's first status, by href."""
    found = re.findall(r"<response><href>([^<]*)</href>.*?<status>HTTP/1.1 (\d+)", answer.text, re.DOTALL)
    return dict(found)


def token_of(answer: Answer) -> str:
    return answer.text.partition("<sync-token>")[2].partition("<")[0]


def test_a_multiget_answers_each_address_in_the_order_asked(dav: Dav) -> None:
    """RFC 4791 §7.9: 404 for what is not there; what is in another folder is not there either."""
    dav.put(f"{CALENDAR}one &amp; two.ics", meeting("one"))
    dav.put("/bob/calendar/his.ics", meeting("his"), user="bob")
    asked = ["missing.ics", "one%20&amp;amp%3B%20two.ics", "../../bob/calendar/his.ics", "a/b.ics"]
    hrefs = "".join(f"<href>/dav{CALENDAR}{name}</href>" for name in asked)
    answer = dav.ask("REPORT", CALENDAR, MULTIGET.format(hrefs))
    assert list(statuses(answer).values()) == ["404", "200", "404", "404"]
    assert "SUMMARY:Planning" in answer.text
    assert "HTTP/1.1 404 Not Found</status></propstat>" in answer.text


def test_a_multiget_shows_the_text_to_the_byte(dav: Dav) -> None:
    written = meeting("one", "DESCRIPTION:a < b & c > d, unescaped")
    dav.put(f"{CALENDAR}one.ics", written)
    answer = dav.ask("REPORT", CALENDAR, MULTIGET.format(f"<href>/dav{CALENDAR}one.ics</href>"))
    (data,) = [
        one.text for one in fromstring(answer.text).iter("{urn:ietf:params:xml:ns:caldav}calendar-data")
    ]
    assert data == written.replace("\r\n", "\n"), "XML reads line ends as one character"


def test_cards_are_fetched_alike(dav: Dav) -> None:
    with dav.storage.acquire_lock("w"):
        dav.storage.create_collection("/alice/people/", props={"tag": "VADDRESSBOOK"})
    card = "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:kim\r\nFN:Kim\r\nN:Kim;;;;\r\nEND:VCARD\r\n"
    assert dav.put("/alice/people/kim.vcf", card).status == 201
    body = (
        '<CR:addressbook-multiget xmlns="DAV:" xmlns:CR="urn:ietf:params:xml:ns:carddav"><prop><getetag/>'
        "<CR:address-data/></prop><href>/dav/alice/people/kim.vcf</href></CR:addressbook-multiget>"
    )
    assert "FN:Kim" in dav.ask("REPORT", "/alice/people/", body).text


def test_a_first_listing_comes_in_pages_that_miss_nothing(dav: Dav) -> None:
    """RFC 6578 §3.6: 507 for the collection says that there is more; what is removed between pages is told."""
    for number in range(5):
        dav.put(f"{CALENDAR}{number}.ics", meeting(f"{number}"))
    first = dav.ask("REPORT", CALENDAR, limited("", 2))
    assert list(statuses(first).values()) == ["200", "200", "507"]
    assert "number-of-matches-within-limits" in first.text
    dav.ask("DELETE", f"{CALENDAR}0.ics")
    dav.put(f"{CALENDAR}1.ics", meeting("1", "LOCATION:Elsewhere"))
    seen, token = statuses(first), token_of(first)
    for _ in range(5):
        page = dav.ask("REPORT", CALENDAR, limited(token, 2))
        seen |= statuses(page)
        token = token_of(page)
        if "507" not in statuses(page).values():
            break
    seen.pop(f"/dav{CALENDAR}")
    assert seen == {f"/dav{CALENDAR}{number}.ics": "404" if number == 0 else "200" for number in range(5)}
    assert statuses(dav.ask("REPORT", CALENDAR, SYNC.format(token))) == {}


def test_a_limit_that_is_not_reached_changes_nothing(dav: Dav) -> None:
    dav.put(f"{CALENDAR}0.ics", meeting("0"))
    answer = dav.ask("REPORT", CALENDAR, limited("", 1))
    assert "507" not in answer.text
    assert token_of(answer) == token_of(dav.ask("REPORT", CALENDAR, SYNC.format("")))


def test_a_token_that_nobody_gave_is_refused(dav: Dav) -> None:
    """RFC 6578 §3.2: DAV:valid-sync-token."""
    for token in ("http://radicale.org/ns/sync/feed-1", "http://radicale.org/ns/sync/1-2-3-4", "x"):
        answer = dav.ask("REPORT", CALENDAR, SYNC.format(token))
        assert (answer.status, "valid-sync-token" in answer.text) == (403, True)


def test_an_expansion_has_a_bound_that_is_told(tmp_path: Path) -> None:
    """RFC 4791 §7.8: DAV:number-of-matches-within-limits."""
    dav = Dav(tmp_path, Limits(occurrences=3, attendees=1))
    dav.put(f"{CALENDAR}a.ics", meeting("a", "RRULE:FREQ=DAILY"))
    wide = EXPANDED.replace("20261210T", "20261224T").format("")
    answer = dav.ask("REPORT", CALENDAR, wide)
    assert (answer.status, "number-of-matches-within-limits" in answer.text) == (403, True)
    invited = ("ATTENDEE:mailto:a@example.org", "ATTENDEE:mailto:b@example.org")
    refused = dav.put(f"{CALENDAR}b.ics", meeting("b", *invited))
    assert (refused.status, "max-attendees-per-instance" in refused.text) == (403, True)


def test_a_listener_that_fails_does_not_make_a_stored_object_look_refused(dav: Dav) -> None:
    heard: list[str] = []

    def fail(change: Change) -> None:
        raise RuntimeError("no")

    dav.storage.feed.subscribe(fail)
    dav.storage.feed.subscribe(lambda change: heard.append(change.href))
    assert dav.put(f"{CALENDAR}a.ics", meeting("a")).status == 201
    assert heard == ["a.ics"]


def test_a_week_is_found_without_opening_a_file(dav: Dav) -> None:
    """What the index says is certain: single meetings and series, and all of a kind."""
    dav.put(f"{CALENDAR}one.ics", meeting("one", start="20261208T100000Z", end="20261208T110000Z"))
    dav.put(f"{CALENDAR}series.ics", meeting("series", "RRULE:FREQ=WEEKLY"))
    for stored in (dav.storage.root / "alice" / "calendar").glob("*.ics"):
        stored.unlink()
    for match in (WEEK, ""):
        answer = dav.ask("REPORT", CALENDAR, QUERY.replace("<C:calendar-data/>", "").format(match))
        assert set(statuses(answer).values()) == {"200"}
        assert len(statuses(answer)) == 2


def test_an_object_that_is_asked_for_others_tells_of_itself_alone(dav: Dav) -> None:
    """RFC 4791 §7.9: asked of an object, a multiget is for the address of that object."""
    for name in ("one", "two"):
        dav.put(f"{CALENDAR}{name}.ics", meeting(name))
    hrefs = "".join(f"<href>/dav{CALENDAR}{name}.ics</href>" for name in ("one", "two"))
    answer = dav.ask("REPORT", f"{CALENDAR}one.ics", MULTIGET.format(hrefs))
    assert list(statuses(answer).values()) == ["200", "404"]
