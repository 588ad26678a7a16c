"""What is kept to the byte, what is mended and what is refused when a client writes."""

from time import monotonic

import pytest

from tests.radicale_plugin.asking import PROPFIND, QUERY, Dav, meeting

ONE = "/alice/calendar/one.ics"
PROPPATCH = '<propertyupdate xmlns="DAV:"><set><prop>{}</prop></set></propertyupdate>'


@pytest.mark.parametrize(
    "lines",
    [
        ("DESCRIPTION:Hello, world; unescaped, all of it",),
        ("X-APPLE-STRUCTURED-LOCATION;VALUE=URI;X-TITLE=Café:geo:37.33,-122.03",),
        ('attendee;partstat=ACCEPTED;CN="Doe, Jane":mailto:jane@example.org',),
        ("SUMMARY;LANGUAGE=de:Grüße 🎉", "X-ODD-order:1"),
        ("DESCRIPTION:a line that a client folded where we would not\r\n  have done so",),
        (
            "STATUS:TENTATIVE",
            "BEGIN:VALARM",
            "ACTION:DISPLAY",
            "DESCRIPTION:x",
            "TRIGGER:-PT5M",
            "END:VALARM",
        ),
    ],
)
def test_what_a_client_wrote_comes_back_to_the_byte_and_so_its_etag_is_true(
    dav: Dav, lines: tuple[str, ...]
) -> None:
    written = meeting("one", *lines).replace(
        "SUMMARY:Planning\r\n", "" if "SUMMARY" in lines[0] else "SUMMARY:Planning\r\n"
    )
    put = dav.put(ONE, written)
    got = dav.ask("GET", ONE)
    assert (put.status, got.status) == (201, 200)
    assert got.text == written
    assert put.headers["ETag"] == got.headers["ETag"]


def test_unescaped_commas_survive_in_reports_too(dav: Dav) -> None:
    dav.put(ONE, meeting("one", "LOCATION:Room 1, second floor"))
    report = dav.ask("REPORT", "/alice/calendar/", QUERY.format(""))
    assert "LOCATION:Room 1, second floor" in report.text


def test_text_behind_an_unescaped_comma_is_found(dav: Dav) -> None:
    dav.put(ONE, meeting("one", "LOCATION:Room 1, second floor"))
    match = '<C:prop-filter name="LOCATION"><C:text-match>second</C:text-match></C:prop-filter>'
    assert "one.ics" in dav.ask("REPORT", "/alice/calendar/", QUERY.format(match)).text


def test_a_uid_with_a_comma_is_known_again(dav: Dav) -> None:
    assert dav.put(ONE, meeting("a,b")).status == 201
    assert dav.put(ONE, meeting("a,b", "SEQUENCE:1")).status == 204
    assert dav.put("/alice/calendar/two.ics", meeting("a,c")).status == 201


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        (meeting("one").replace("VERSION:2.0\r\n", "VERSION:2.0\r\nMETHOD:REQUEST\r\n"), meeting("one")),
        (meeting("one").replace("SUMMARY", "\r\n \r\nSUMMARY"), meeting("one")),
        (meeting("one").replace("\r\n", "\n"), meeting("one")),
        ("\ufeff" + meeting("one"), meeting("one")),
        (meeting("one").removesuffix("\r\n"), meeting("one")),
    ],
    ids=["METHOD", "blank lines", "bare line feeds", "byte order mark", "no end of line"],
)
def test_what_was_mended_is_answered_without_etag(dav: Dav, sent: str, stored: str) -> None:
    put = dav.put(ONE, sent)
    assert put.status == 201
    assert "ETag" not in put.headers
    assert dav.ask("GET", ONE).text == stored


def test_text_in_another_charset_is_stored_as_utf_8_and_answered_without_etag(dav: Dav) -> None:
    put = dav.put(ONE, meeting("one", "LOCATION:Café").encode("latin-1"))
    assert (put.status, "ETag" in put.headers) == (201, False)
    assert "LOCATION:Café" in dav.ask("GET", ONE).text


@pytest.mark.parametrize("character", ["\x00", "\x07", "\x1b", "\x7f", "\ufffe", "\r"])
def test_control_characters_are_refused_before_they_make_every_report_invalid(
    dav: Dav, character: str
) -> None:
    put = dav.put(ONE, meeting("one", f"LOCATION:a{character}b"))
    assert put.status == 403
    assert "valid-calendar-data" in put.text
    assert dav.ask("GET", ONE).status == 404


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=SECONDLY",
        "FREQ=MINUTELY;INTERVAL=5",
        "FREQ=DAILY;COUNT=1000000000",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=HOURLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=HOURLY;BYMINUTE=0,1,2,3,4,5,6,7,8,9",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30;UNTIL=20300101T000000Z",
        "FREQ=YEARLY;BYDAY=-53MO;BYSETPOS=-366;UNTIL=20300101T000000Z",
    ],
)
def test_a_rule_that_would_run_away_is_refused_with_a_precondition(dav: Dav, rule: str) -> None:
    put = dav.put(ONE, meeting("one", f"RRULE:{rule}"))
    assert put.status == 403
    assert "max-instances" in put.text


def test_a_time_zone_of_parts_without_number_is_refused(dav: Dav) -> None:
    """Readers ask each part about each occurrence."""
    part = "BEGIN:STANDARD\r\nDTSTART:19700101T000000\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0100\r\nEND:STANDARD\r\n"
    zone = "BEGIN:VTIMEZONE\r\nTZID:Z\r\n" + part * 501 + "END:VTIMEZONE\r\n"
    put = dav.put("/alice/calendar/one.ics", meeting("one").replace("BEGIN:VEVENT", zone + "BEGIN:VEVENT"))
    assert put.status == 403
    assert "valid-calendar-data" in put.text


def test_an_object_with_rules_without_number_is_refused(dav: Dav) -> None:
    """Each of them is allowed, and two thousand of them keep readers busy for minutes."""
    put = dav.put("/alice/calendar/one.ics", meeting("one", *["RRULE:FREQ=DAILY"] * 21))
    assert put.status == 403
    assert "max-instances" in put.text
    assert dav.put("/alice/calendar/two.ics", meeting("two", *["RRULE:FREQ=DAILY"] * 20)).status == 201


def test_a_rule_that_would_run_away_in_a_time_zone_is_refused_too(dav: Dav) -> None:
    rules = "RRULE:FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30\r\n" * 10
    zone = (
        "BEGIN:VTIMEZONE\r\nTZID:Own\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\nTZOFFSETFROM:+0100\r\n"
        f"TZOFFSETTO:+0200\r\n{rules}END:STANDARD\r\nEND:VTIMEZONE\r\n"
    )
    began = monotonic()
    put = dav.put(ONE, meeting("one").replace("BEGIN:VEVENT", f"{zone}BEGIN:VEVENT"))
    assert (put.status, "valid-calendar-data" in put.text) == (403, True)
    assert monotonic() - began < 1


@pytest.mark.parametrize(
    "rule", ["FREQ=DAILY;INTERVAL=0", "FREQ=FORTNIGHTLY", "COUNT=3", "FREQ=DAILY;BYFOO=1"]
)
def test_a_rule_that_is_none_is_refused(dav: Dav, rule: str) -> None:
    put = dav.put(ONE, meeting("one", f"RRULE:{rule}"))
    assert put.status == 403
    assert "valid-calendar-data" in put.text


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=HOURLY",
        "FREQ=WEEKLY;BYDAY=MO,WE;UNTIL=20271231T000000Z",
        "FREQ=MONTHLY;BYDAY=-1FR",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29",
        "FREQ=DAILY;COUNT=500",
    ],
)
def test_rules_that_people_write_are_accepted(dav: Dav, rule: str) -> None:
    assert dav.put(ONE, meeting("one", f"RRULE:{rule}")).status == 201


def test_a_time_zone_that_changes_every_second_is_refused(dav: Dav) -> None:
    zone = (
        "BEGIN:VTIMEZONE\r\nTZID:Bomb\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\nTZOFFSETFROM:+0000\r\n"
        "TZOFFSETTO:+0100\r\nRRULE:FREQ=SECONDLY\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n"
    )
    put = dav.put(ONE, meeting("one").replace("BEGIN:VEVENT", zone + "BEGIN:VEVENT"))
    assert put.status == 403


def test_a_text_that_is_no_calendar_is_refused(dav: Dav) -> None:
    assert dav.put(ONE, "hello").status == 403
    assert dav.put(ONE, b"").status == 403


def test_a_card_is_kept_to_the_byte(dav: Dav) -> None:
    dav.ask("MKCOL", "/alice/people/", ADDRESS_BOOK)
    card = "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:jane\r\nFN:Doe, Jane\r\nN:Doe;Jane;;;\r\nEND:VCARD\r\n"
    put = dav.put("/alice/people/jane.vcf", card)
    assert put.status == 201
    assert dav.ask("GET", "/alice/people/jane.vcf").text == card
    assert dav.put("/alice/people/again.vcf", card).status == 409


ADDRESS_BOOK = (
    '<mkcol xmlns="DAV:" xmlns:CR="urn:ietf:params:xml:ns:carddav"><set><prop>'
    "<resourcetype><collection/><CR:addressbook/></resourcetype></prop></set></mkcol>"
)


def test_a_whole_calendar_cannot_be_overwritten(dav: Dav) -> None:
    dav.put(ONE, meeting("one"))
    assert dav.put("/alice/calendar/", meeting("other")).status == 403
    assert dav.put("/alice/new/", meeting("other")).status == 403
    assert dav.ask("GET", ONE).text == meeting("one")


@pytest.mark.parametrize("path", ["/alice/", "/alice/calendar/"])
@pytest.mark.parametrize(
    "kind", ["<resourcetype><collection/></resourcetype>", "<resourcetype/>", "<getetag>x</getetag>"]
)
def test_what_kind_of_collection_it_is_cannot_be_changed(dav: Dav, path: str, kind: str) -> None:
    before = dav.ask("PROPFIND", path, PROPFIND.format("<resourcetype/><CS:getctag/>"))
    assert dav.ask("PROPPATCH", path, PROPPATCH.format(kind)).status == 403
    assert dav.ask("PROPFIND", path, PROPFIND.format("<resourcetype/><CS:getctag/>")) == before


def test_the_storage_itself_refuses_another_resource_type(dav: Dav) -> None:
    collection = dav.collection("/alice/calendar/")
    with pytest.raises(ValueError, match="resource type"), dav.storage.acquire_lock("w"):
        collection.set_meta({"tag": "VADDRESSBOOK"})
    assert collection.tag == "VCALENDAR"


def test_a_calendar_can_be_renamed_and_its_ctag_tells(dav: Dav) -> None:
    before = dav.ask("PROPFIND", "/alice/calendar/", PROPFIND.format("<CS:getctag/>")).text
    assert (
        dav.ask("PROPPATCH", "/alice/calendar/", PROPPATCH.format("<displayname>Work</displayname>")).status
        == 207
    )
    assert "Work" in dav.ask("PROPFIND", "/alice/calendar/", PROPFIND.format("<displayname/>")).text
    assert dav.ask("PROPFIND", "/alice/calendar/", PROPFIND.format("<CS:getctag/>")).text != before


@pytest.mark.parametrize("method", ["PROPFIND", "PROPPATCH", "REPORT", "MKCALENDAR"])
def test_xml_with_entities_is_refused(dav: Dav, method: str) -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><propfind xmlns="DAV:"><prop>&b;</prop></propfind>'
    path = "/alice/calendar/" if method != "MKCALENDAR" else "/alice/new/"
    assert dav.ask(method, path, bomb).status == 400


@pytest.mark.parametrize("method", ["PROPFIND", "PROPPATCH", "REPORT", "MKCALENDAR"])
def test_xml_that_nests_without_end_is_refused(dav: Dav, method: str) -> None:
    """A hundred times deeper, and the process would end."""
    deep = '<propfind xmlns="DAV:">' + "<prop>" * 1_000 + "</prop>" * 1_000 + "</propfind>"
    path = "/alice/calendar/" if method != "MKCALENDAR" else "/alice/new/"
    assert dav.ask(method, path, deep).status == 400


def test_a_client_learns_the_mail_addresses_of_the_host(dav: Dav) -> None:
    answer = dav.ask("PROPFIND", "/alice/", PROPFIND.format("<C:calendar-user-address-set/>"))
    assert "<href>/dav/alice/</href><href>mailto:alice@example.org</href>" in answer.text
    assert "<href>mailto:alice@work.example</href>" in answer.text


def test_nobody_waits_for_a_refusal(dav: Dav) -> None:
    began = monotonic()
    assert dav.ask("PROPFIND", "/alice/", user="").status == 401
    assert dav.ask("PROPFIND", "/bob/").status == 403
    assert monotonic() - began < 0.3


@pytest.mark.parametrize("name", ["b%C3%BCro", "a b", "a\u00a0b", "x" * 251, "日本"])
def test_a_name_that_is_accepted_is_there_after_a_restart(dav: Dav, name: str) -> None:
    path = f"/alice/calendar/{name}.ics"
    assert dav.put(path, meeting("one")).status == 201
    dav.open()
    assert dav.ask("GET", path).text == meeting("one")


def test_a_name_that_no_file_can_have_is_refused(dav: Dav) -> None:
    assert dav.put(f"/alice/calendar/{'x' * 252}.ics", meeting("one")).status == 400
