"""Calendar objects as clients write them, and what becomes of such texts when a few things in them are wrong."""

from pathlib import Path

from hypothesis import strategies as st

CASES = [path.read_text(encoding="utf-8") for path in sorted((Path(__file__).parent / "cases").glob("*.ics"))]
OUTLOOK = (
    "BEGIN:VCALENDAR\r\nMETHOD:PUBLISH\r\nPRODID:Microsoft Exchange Server 2010\r\nVERSION:2.0\r\nBEGIN:VTIMEZONE\r\n"
    "TZID:Customized Time Zone\r\nBEGIN:STANDARD\r\nDTSTART:16010101T030000\r\nTZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\n"
    "RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10\r\nEND:STANDARD\r\nBEGIN:DAYLIGHT\r\nDTSTART:16010101T020000\r\n"
    "TZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\nRRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3\r\nEND:DAYLIGHT\r\n"
    'END:VTIMEZONE\r\nBEGIN:VEVENT\r\nORGANIZER;CN="Doe, Jane":mailto:jane@example.org\r\n'
    "ATTENDEE;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE;CN=^'Bob^n:mailto:bob\r\n @example.org\r\n"
    "UID:040000008200E00074C5B7101A82E008\r\nDTSTART;TZID=Customized Time Zone:20261201T100000\r\n"
    "DTEND;TZID=Customized Time Zone:20261201T110000\r\nDTSTAMP:20260101T000000Z\r\nSEQUENCE:0\r\n"
    "X-MICROSOFT-CDO-BUSYSTATUS:TENTATIVE\r\nBEGIN:VALARM\r\nDESCRIPTION:REMINDER\r\nTRIGGER;RELATED=START:-PT15M\r\n"
    "ACTION:DISPLAY\r\nEND:VALARM\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)
APPLE = (
    "BEGIN:VCALENDAR\r\nCALSCALE:GREGORIAN\r\nPRODID:-//Apple Inc.//iOS 26.0//EN\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\n"
    "CREATED:20260101T000000Z\r\nDTEND;TZID=Europe/Berlin:20261201T110000\r\nDTSTAMP:20260101T000000Z\r\n"
    "DTSTART;TZID=Europe/Berlin:20261201T100000\r\nLAST-MODIFIED:20260101T000000Z\r\nRRULE:FREQ=WEEKLY;UNTIL=20271231T090000Z\r\n"
    "EXDATE;TZID=Europe/Berlin:20261208T100000,20261215T100000\r\nSUMMARY:Café 🎉\\, \\nagain\r\nUID:1F2E-APPLE\r\n"
    'X-APPLE-STRUCTURED-LOCATION;VALUE=URI;X-APPLE-RADIUS=49;X-TITLE="Main St 1\\nTown":geo:37.33,-122.03\r\n'
    "END:VEVENT\r\nEND:VCALENDAR\r\n"
)
TEXTS = [*CASES, OUTLOOK, APPLE]
PIECES = [
    ":", ";", ",", '"', "=", "\\", "^", "^'", "\r\n", "\n", "\r", "\r\n ", "\t", "\x00", "\x0b", "\ufeff", "\u2028", "é", "🎉", "\ud800",
    "BEGIN:VEVENT\r\n", "END:VEVENT\r\n", "BEGIN:VCALENDAR\r\n", "END:VCALENDAR\r\n", "BEGIN:VTIMEZONE\r\n", "BEGIN:X\r\n" * 60,
    "RRULE:FREQ=SECONDLY\r\n", "RRULE:FREQ=YEARLY;BYDAY=-53MO;BYSETPOS=-366\r\n", "RRULE:FREQ=DAILY;INTERVAL=999999999\r\n",
    "RRULE:FREQ=MONTHLY;BYMONTHDAY=31;BYMONTH=2\r\n", "RRULE:FREQ=DAILY;COUNT=99999999999999999999\r\n", "RRULE:;;;=\r\n",
    "RRULE:FREQ=HOURLY;BYMINUTE=0,1,2,3,4,5,6,7,8\r\n", "RRULE:FREQ=DAILY;UNTIL=00010101\r\n", "EXRULE:FREQ=DAILY\r\n",
    "RDATE;VALUE=PERIOD:20261201T100000Z/P99999D\r\n", "RDATE:" + "20261201T100000Z," * 500 + "\r\n", "EXDATE;TZID=X:20261201\r\n",
    "DTSTART:99991231T235959Z\r\n", "DTSTART;VALUE=DATE:00010101\r\n", "DTEND:00010101T000000Z\r\n", "DURATION:-P1D\r\n",
    "DURATION:P999999999W\r\n", "RECURRENCE-ID;RANGE=THISANDFUTURE:20261201T090000Z\r\n", "RECURRENCE-ID:\r\n", "TZOFFSETTO:+9959\r\n",
    "TZOFFSETFROM:-235959\r\n", ";TZID=Nowhere/At_All", ';TZID="', ";VALUE=BINARY;ENCODING=BASE64", "UID:\r\n", "UID:../../../etc/passwd\r\n",
    "X-DAYBOOK-BOOKING:{}\r\n", "METHOD:REQUEST\r\n", "VERSION:1.0\r\n", "BEGIN:VALARM\r\nTRIGGER:x\r\nREPEAT:9\r\nEND:VALARM\r\n",
    "A" * 5_000, ";P=1" * 500, "T24:60:61", "00000000", "20260230T250000", "-", "0", "9" * 30,
]  # fmt: skip


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """Return a text in which one to six places were cut, doubled, put elsewhere or replaced."""
    text = draw(st.sampled_from(TEXTS))
    for _ in range(draw(st.integers(1, 6))):
        text = draw(st.sampled_from((_in_lines, _in_signs, _in_signs)))(draw, text)
    return text


def _in_lines(draw: st.DrawFn, text: str) -> str:
    lines = text.splitlines(keepends=True)
    if not lines:
        return text
    line = lines.pop(draw(st.integers(0, len(lines) - 1)))
    place = draw(st.integers(0, len(lines)))
    lines[place:place] = draw(
        st.sampled_from(([], [line], [line, line], [line] * 40, [line, draw(st.sampled_from(PIECES))]))
    )
    return "".join(lines)


def _in_signs(draw: st.DrawFn, text: str) -> str:
    place, length = draw(st.integers(0, len(text))), draw(st.sampled_from((0, 0, 0, 1, 1, 7, 200)))
    return text[:place] + draw(st.sampled_from(PIECES) | st.text(max_size=3)) + text[place + length :]
