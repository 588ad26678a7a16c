"""What a delivery report says, whoever wrote it."""

from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.usecases.delivery.reports import failure, is_report, recipients
from tests.usecases.delivery.bounced_mail import report

TO = "bounces+7-aaaaaaaaaaaaaaaa@book.example.org"


@pytest.mark.parametrize(
    ("action", "status", "found"),
    [
        ("failed", "5.1.1", "5.1.1"),
        ("Failed", "5.2.2 (mailbox full)", "5.2.2"),
        ("failed", "4.4.7", "4.4.7"),
        ("failed", "no idea", "5.0.0"),
        ("delayed", "4.4.1", None),
        ("delivered", "2.0.0", None),
        ("relayed", "2.0.0", None),
        ("expanded", "2.0.0", None),
    ],
)
def test_only_a_failure_for_good_is_one(action: str, status: str, found: str | None) -> None:
    content = report(TO, action=action, status=status)
    assert is_report(content)
    assert failure(content) == found


def test_a_report_about_an_address_beyond_ascii_is_read_too() -> None:
    """RFC 6533"""
    assert failure(report(TO, kind="global-delivery-status", status="5.1.10")) == "5.1.10"


def test_the_message_that_was_returned_is_no_part_of_the_report() -> None:
    assert failure(report(TO, action="delayed", status="4.0.0")) is None


def test_lines_may_end_as_on_the_wire() -> None:
    assert failure(report(TO).replace(b"\n", b"\r\n")) == "5.1.1"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"Subject: Away\nAuto-Submitted: auto-replied\n\nI am on holiday. Action: failed\nStatus: 5.1.1\n",
        b"Content-Type: message/delivery-status\n\nAction: failed\nStatus: 5.1.1\n",
        b"Content-Type: multipart/report; boundary=x\n\nAction: failed\n",
        (
            b"Content-Type: multipart/report; boundary=x; report-type=disposition-notification\n\n--x\n"
            b"Content-Type: message/disposition-notification\n\nDisposition: manual-action; displayed\n--x--\n"
        ),
        b"".join(b"Content-Type: multipart/report; boundary=b%d\n\n--b%d\n" % (at, at) for at in range(5000)),
    ],
    ids=[
        "nothing",
        "an absence note",
        "no report around it",
        "no parts",
        "a read receipt",
        "parts within parts",
    ],
)
def test_what_is_no_report_tells_of_no_failure(content: bytes) -> None:
    assert not is_report(content)
    assert failure(content) is None


@given(st.binary(max_size=300), st.integers(0, 1500))
def test_a_report_that_is_cut_off_or_garbled_breaks_nothing(noise: bytes, at: int) -> None:
    content = report(TO)
    assert failure(content[:at] + noise) in {None, "5.1.1", "5.0.0"}
    failure(content[:at] + noise + content[at:])
    recipients(noise + content)


@pytest.mark.parametrize("header", ["To", "Delivered-To", "X-Original-To", "Envelope-To"])
def test_the_address_is_found_where_mail_servers_write_it(header: str) -> None:
    assert TO in recipients(report(f"<{TO}>", header=header))


@pytest.mark.parametrize("filling", [b"\n", b"--x\n"], ids=["empty lines", "almost boundaries"])
def test_parts_within_parts_take_no_time_however_long_the_message_is(filling: bytes) -> None:
    nested = b"".join(
        b"--b%d\nContent-Type: multipart/mixed; boundary=b%d\n\n" % (at, at + 1) for at in range(100)
    )
    content = (
        b"Content-Type: multipart/report; boundary=b0\n\n" + nested + filling * (900_000 // len(filling))
    )
    began = process_time()
    assert failure(content) is None
    assert process_time() - began < 5  # a minute and a half where each line is compared with all boundaries
