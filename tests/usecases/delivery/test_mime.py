"""The parts of a mail, as another reader of MIME finds them."""

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from hypothesis import given
from hypothesis import strategies as st

from server.usecases.delivery.mime import binary_part, multipart, text_part

texts = st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from("\r\n\t =.\x0b\x85\u2028"))


def opened(content: bytes) -> EmailMessage:
    message = message_from_bytes(content, policy=default)
    assert isinstance(message, EmailMessage)
    assert not message.defects
    return message


def lines(text: str) -> list[bytes]:
    return text.encode().splitlines()


@given(texts)
def test_a_text_arrives_with_its_lines(text: str) -> None:
    part = text_part("text/plain", text)
    found = opened(part).get_payload(decode=True)
    assert isinstance(found, bytes)
    assert found.splitlines() == lines(text)
    assert opened(part).get_content_charset() == "utf-8"


@given(texts)
def test_a_text_is_fit_for_any_mail_server(text: str) -> None:
    part = text_part("text/html", text)
    assert part.isascii()
    assert all(len(line) <= 76 for line in part.split(b"\r\n"))
    assert b"\n" not in part.replace(b"\r\n", b"")
    assert b"\r" not in part.replace(b"\r\n", b"")


@given(st.binary())
def test_bytes_arrive_as_they_are(content: bytes) -> None:
    found = opened(binary_part("application/ics", content, 'attachment; filename="invite.ics"'))
    assert found.get_payload(decode=True) == content
    assert found.get_filename() == "invite.ics"


@given(texts, st.binary())
def test_parts_arrive_in_their_order(text: str, content: bytes) -> None:
    inner = multipart("alternative", "=_1", [text_part("text/plain", text), binary_part("a/b", content)])
    outer = opened(multipart("mixed", "=_0", [inner, binary_part("c/d", content)]))
    types = [part.get_content_type() for part in outer.walk()]
    assert types == ["multipart/mixed", "multipart/alternative", "text/plain", "a/b", "c/d"]
    payload = list(outer.walk())[2].get_payload(decode=True)
    assert isinstance(payload, bytes)
    assert payload.splitlines() == lines(text)
