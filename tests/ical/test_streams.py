"""Streams are read component by component, whatever they hold."""

import tracemalloc
from collections.abc import Callable, Iterable

import pytest

from server.ical import streams
from server.ical.streams import Part, parts


def stream(*components: str, head: str = "VERSION:2.0\nPRODID:-//x//EN\n") -> bytes:
    return f"BEGIN:VCALENDAR\n{head}{''.join(components)}END:VCALENDAR\n".encode()


def meeting(uid: str, more: str = "") -> str:
    return f"BEGIN:VEVENT\nUID:{uid}\n{more}END:VEVENT\n"


def read(data: bytes) -> list[Part]:
    return list(parts(data.splitlines(keepends=True)))


def faults(data: bytes) -> list[tuple[int, str]]:
    return [(part.line, part.fault) for part in read(data) if part.fault]


def test_each_component_comes_with_its_uid_its_line_and_its_text_as_written() -> None:
    alarm = "BEGIN:VALARM\nUID:of the alarm\nTRIGGER:-PT5M\nEND:VALARM\n"
    first, second = read(stream(meeting("one", alarm), meeting("two")))
    assert [(part.kind, part.uid, part.line, part.calendar, part.fault) for part in (first, second)] == [
        ("VEVENT", "one", 4, 1, ""),
        ("VEVENT", "two", 11, 1, ""),
    ]
    assert first.text == meeting("one", alarm).replace("\n", "\r\n")
    assert first.product == "-//x//EN"


@pytest.mark.parametrize(
    "written",
    [
        lambda text: text.replace("\n", "\r\n"),
        lambda text: "\ufeff" + text,
        lambda text: text.replace("BEGIN", "begin").replace("END:", "End:"),
        lambda text: text.removesuffix("\n"),
        lambda text: text.replace("\n", "\n\n"),
        lambda text: text.replace("END:VEVENT", "END:VEVENT "),
    ],
)
def test_what_programs_really_write_is_read(written: Callable[[str], str]) -> None:
    data = written(stream(meeting("one")).decode()).encode()
    assert [(part.uid, part.fault) for part in read(data)] == [("one", "")]


def test_a_folded_uid_is_one_uid() -> None:
    assert [part.uid for part in read(stream("BEGIN:VEVENT\nUID:a-lo\n ng-one\nEND:VEVENT\n"))] == [
        "a-long-one"
    ]


def test_a_folded_line_that_looks_like_a_bracket_is_none() -> None:
    text = "SUMMARY:what is the\n END:VEVENT\n"
    (part,) = read(stream(meeting("one", text)))
    assert (part.uid, part.fault) == ("one", "")


def test_calendars_that_follow_one_another_are_counted_and_keep_their_products() -> None:
    data = stream(meeting("one")) + stream(meeting("two"), head="PRODID:-//a lo\n ng one//EN\n")
    assert [(part.calendar, part.product) for part in read(data)] == [
        (1, "-//x//EN"),
        (2, "-//a long one//EN"),
    ]


def test_a_zone_is_known_by_its_name() -> None:
    zone = (
        "BEGIN:VTIMEZONE\nTZID:Mine\nBEGIN:STANDARD\nDTSTART:19700101T000000\nEND:STANDARD\nEND:VTIMEZONE\n"
    )
    assert [(part.kind, part.tzid) for part in read(stream(zone))] == [("VTIMEZONE", "Mine")]


@pytest.mark.parametrize(
    ("broken", "line", "fault"),
    [
        ("BEGIN:VEVENT\nUID:a\n", 4, "END:VEVENT is missing"),
        (
            "BEGIN:VEVENT\nUID:a\nBEGIN:VALARM\nEND:VEVENT\n",
            4,
            "END:VEVENT stands where END:VALARM was expected",
        ),
        ("BEGIN:VEVENT\nUID:a\nno colon\nEND:VEVENT\n", 4, "there is no colon"),
    ],
)
def test_a_broken_component_is_told_and_takes_no_other_with_it(broken: str, line: int, fault: str) -> None:
    found = read(stream(broken, meeting("sound")))
    assert [part.uid for part in found if not part.fault] == ["sound"]
    ((at, said),) = [(part.line, part.fault) for part in found if part.fault]
    assert at == line
    assert fault in said


def test_what_breaks_off_is_told() -> None:
    assert faults(b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:a\n") == [(2, "END:VEVENT is missing")]


def test_a_component_outside_of_a_calendar_is_told() -> None:
    assert faults(meeting("one").encode()) == [(1, "it stands outside of a VCALENDAR")]


def test_bytes_that_are_no_utf_8_are_told() -> None:
    data = stream(meeting("one", "SUMMARY:B\u00fcro\n"), meeting("two")).replace("ü".encode(), b"\xfc")
    assert faults(data) == [(4, "it is not written in UTF-8")]
    assert [part.uid for part in read(data) if not part.fault] == ["two"]


@pytest.mark.parametrize("data", [b"", b"no calendar at all\n", b"END:VEVENT\nEND:VCALENDAR\n"])
def test_a_stream_without_components_has_none(data: bytes) -> None:
    assert read(data) == []


def test_the_pieces_of_a_long_line_are_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "OBJECT_BYTES_MAX", 200)
    text = stream(meeting("long", f"SUMMARY:{'x' * 300}END:VEVENT{'x' * 300}\n"), meeting("two"))
    pieces = [
        line[at : at + 100] for line in text.splitlines(keepends=True) for at in range(0, len(line), 100)
    ]
    found = list(parts(pieces))
    assert [(part.uid, part.line, part.fault) for part in found] == [
        ("", 4, "it is larger than 200 bytes"),
        ("two", 8, ""),
    ]


def test_memory_holds_one_component_of_a_long_stream() -> None:
    def long_stream() -> Iterable[bytes]:
        yield b"BEGIN:VCALENDAR\n"
        for number in range(3_000):
            yield from meeting(f"{number}", f"SUMMARY:{'x' * 10_000}\n").encode().splitlines(keepends=True)
        yield b"BEGIN:VEVENT\n"
        for _ in range(3_000):
            yield b"DESCRIPTION:" + b"x" * 10_000 + b"\n"
        yield b"END:VEVENT\nEND:VCALENDAR\n"

    tracemalloc.start()
    total = sum(1 for _ in parts(long_stream()))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert total == 3_001
    assert peak < 3 * streams.OBJECT_BYTES_MAX
