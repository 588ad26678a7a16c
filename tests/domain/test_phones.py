"""Numbers as people write them."""

import pytest

from server.domain.phones import e164


@pytest.mark.parametrize(
    "typed",
    [
        "+4915112345678",
        "+49 151 1234 5678",
        "0049 (151) 12345678",
        "+49 (0) 151/12345678",
        "+49-151-12345678",
    ],
)
def test_a_number_is_understood_however_it_is_grouped(typed: str) -> None:
    """S3.43"""
    assert e164(typed) == "+4915112345678"


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "0151 12345678",
        "+49",
        "+0151123456789",
        "+49151123456789012",
        "+49 151 call me",
        "+٤٩١٥١١٢٣٤٥٦٧٨",
        "+49 151\r\n12345678" * 3,
    ],
)
def test_what_no_message_can_be_sent_to_is_refused(typed: str) -> None:
    assert e164(typed) is None
