"""The grammar of content lines, RFC 5545 §3.1 and §3.2, RFC 6868, and what clients make of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.ical.scan import BadCalendar, Component, Property, escape, fold, scan, serialise, unescape


def calendar(*lines: str, end: str = "\r\n") -> str:
    return end.join(["BEGIN:VCALENDAR", *lines, "END:VCALENDAR", ""])


def only(*lines: str, end: str = "\r\n") -> Property:
    (item,) = scan(calendar(*lines, end=end)).properties
    return item


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
def test_a_folded_line_is_one_value_whatever_ends_the_lines(end: str) -> None:
    """RFC 5545 §3.1: Unfolding is accomplished by removing the CRLF and the linear white-space character that follows."""
    assert only("DESCRIPTION:one", "  two", "\tthree", end=end).value == "one twothree"


def test_line_ends_may_be_mixed() -> None:
    read = scan("BEGIN:VCALENDAR\r\nSUMMARY:one\n two\r\nLOCATION:x\nEND:VCALENDAR\r\n")
    assert [item.value for item in read.properties] == ["onetwo", "x"]


def test_blank_lines_and_a_byte_order_mark_are_passed_over() -> None:
    read = scan("\ufeff\r\nBEGIN:VCALENDAR\r\n\r\nSUMMARY:one\r\n\r\n two\r\n \r\nEND:VCALENDAR\r\n\r\n \r\n")
    assert read.properties == (Property("SUMMARY", "onetwo"),)


def test_names_and_parameter_names_are_read_in_any_case() -> None:
    read = scan(
        "begin:vcalendar\r\nBEGIN:vevent\r\ndtstart;tzid=Europe/Berlin:20260601T100000\r\nEnd:Vevent\r\nend:vcalendar"
    )
    assert read == Component(
        "VCALENDAR",
        (),
        (Component("VEVENT", (Property("DTSTART", "20260601T100000", {"TZID": ("Europe/Berlin",)}),)),),
    )


def test_a_quoted_parameter_may_hold_colon_semicolon_and_comma() -> None:
    """RFC 5545 §3.2: values that contain the COLON, SEMICOLON, or COMMA character MUST be a quoted-string."""
    item = only('ATTENDEE;CN="Lovelace, Ada; Dr: Eng";ROLE=CHAIR:mailto:ada@example.org')
    assert item.params == {"CN": ("Lovelace, Ada; Dr: Eng",), "ROLE": ("CHAIR",)}
    assert item.value == "mailto:ada@example.org"


def test_a_parameter_may_have_several_values_and_be_repeated() -> None:
    item = only('ATTENDEE;MEMBER="mailto:a@x","mailto:b@x";DELEGATED-TO=c,d;MEMBER=e:mailto:f@x')
    assert item.params == {"MEMBER": ("mailto:a@x", "mailto:b@x", "e"), "DELEGATED-TO": ("c", "d")}


def test_a_quote_that_is_never_closed_ends_at_the_first_colon() -> None:
    item = only('ATTENDEE;CN=5" screen:mailto:a@x')
    assert item.value == "mailto:a@x"
    assert item.param("CN") == '5" screen'


def test_carets_in_parameters_are_decoded() -> None:
    """RFC 6868 §3.2: ^n is a line break, ^^ a caret, ^' a double quote; any other ^ stays."""
    assert only("ATTENDEE;CN=A^nB ^'C^' ^^ ^x:mailto:a@x").param("CN") == 'A\nB "C" ^ ^x'


def test_a_group_stands_before_a_dot() -> None:
    item = only("item1.X-ABLABEL:home")
    assert (item.group, item.name, item.value) == ("item1", "X-ABLABEL", "home")


def test_a_value_keeps_everything_after_the_first_colon() -> None:
    assert only("X-APPLE-STRUCTURED-LOCATION;VALUE=URI:geo:37.33,-122.03").value == "geo:37.33,-122.03"


def test_properties_and_components_are_found_by_name() -> None:
    read = scan(
        calendar(
            "BEGIN:VEVENT",
            "ATTENDEE:mailto:a@x",
            "ATTENDEE:mailto:b@x",
            "END:VEVENT",
            "BEGIN:VTODO",
            "END:VTODO",
        )
    )
    (vevent,) = read.children("VEVENT")
    assert [item.value for item in vevent.all("ATTENDEE")] == ["mailto:a@x", "mailto:b@x"]
    assert vevent.first("ATTENDEE") == Property("ATTENDEE", "mailto:a@x")
    assert vevent.first("SUMMARY") is None
    assert [child.name for child in read.components] == ["VEVENT", "VTODO"]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "line 1: BEGIN:VCALENDAR is missing"),
        ("hello", "line 1: there is no colon"),
        ("SUMMARY:x", "line 1: BEGIN:VCALENDAR is missing"),
        ("BEGIN:VEVENT\r\nEND:VEVENT", "line 1: BEGIN:VCALENDAR is missing"),
        ("END:VCALENDAR", "line 1: END:VCALENDAR has no BEGIN"),
        (calendar("SUMMARY:a", " b", "STATUS"), "line 4: there is no colon"),
        (calendar("X:1", " folded", "=x:1"), "line 4: the property has no valid name"),
        (calendar(":1"), "line 2: the property has no valid name"),
        (calendar("BEGIN:"), "line 2: the component has no valid name"),
        (calendar("BEGIN:VEVENT"), "line 3: END:VCALENDAR where END:VEVENT was expected"),
        (calendar("BEGIN:VCALENDAR"), "line 2: a VCALENDAR stands in another component"),
        ("BEGIN:VCALENDAR\nSUMMARY:x", "line 2: END:VCALENDAR is missing"),
        (calendar() + calendar(), "line 3: there is text after END:VCALENDAR"),
        (calendar() + "SUMMARY:x", "line 3: there is text after END:VCALENDAR"),
        (calendar(*["BEGIN:X"] * 20), "line 13: components are nested deeper than 12"),
    ],
)
def test_what_is_not_one_calendar_object_is_refused_with_line_and_fault(text: str, fault: str) -> None:
    with pytest.raises(BadCalendar) as refused:
        scan(text)
    assert str(refused.value) == fault


def test_a_text_without_bound_is_refused() -> None:
    with pytest.raises(BadCalendar, match="lines"):
        scan(calendar("X:\n" * 250_001))


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    for candidate in (
        text,
        calendar(text),
        calendar(f"SUMMARY:{text}"),
        calendar(f"ATTENDEE;CN={text}:mailto:a@x"),
    ):
        try:
            read = scan(candidate)
        except BadCalendar:
            continue
        assert read.name == "VCALENDAR"


VALUES = st.text(st.characters(exclude_categories=("Cs", "Cc")))
NAMES = st.from_regex(r"[A-Z][A-Z0-9-]{0,12}", fullmatch=True).filter(
    lambda name: name not in ("BEGIN", "END")
)
PROPERTIES = st.builds(
    Property,
    NAMES,
    VALUES,
    st.dictionaries(
        NAMES, st.lists(VALUES.map(lambda text: f"{text}\n^"), min_size=1, max_size=2).map(tuple), max_size=2
    ),
    st.none() | NAMES,
)


@given(st.lists(PROPERTIES, max_size=4))
def test_what_is_written_is_read_back_the_same(properties: list[Property]) -> None:
    vevent = Component("VEVENT", tuple(properties))
    written = serialise(Component("VCALENDAR", (), (vevent,)))
    assert all(len(line.encode()) <= 75 for line in written.split("\r\n"))
    assert scan(written) == Component("VCALENDAR", (), (vevent,))


def test_a_value_with_a_line_break_is_never_written() -> None:
    with pytest.raises(ValueError, match="line break"):
        serialise(Component("VCALENDAR", (Property("X-NAME", "a\r\nATTENDEE:mailto:evil@x"),)))


@given(st.text(st.characters(exclude_categories=("Cs", "Cc"), include_characters="\n\\,;")))
def test_text_that_is_escaped_says_the_same_again(text: str) -> None:
    """RFC 5545 §3.3.11: backslash, semicolon, comma and line break MUST be escaped."""
    assert unescape(escape(text)) == text
    assert "\n" not in escape(text)


def test_control_characters_are_dropped_from_text() -> None:
    assert escape("a\x00b\x07c\td\r\ne") == "abc\td\\ne"


def test_a_backslash_before_another_character_stays() -> None:
    assert unescape(r"C:\Users\N\, x") == "C:\\Users\n, x"


@given(st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=20, max_size=300))
def test_a_line_is_folded_at_75_octets_and_never_within_a_character(line: str) -> None:
    pieces = fold(line).split("\r\n")
    assert all(len(piece.encode()) <= 75 for piece in pieces)
    assert pieces[0] + "".join(piece[1:] for piece in pieces[1:]) == line
