"""Text messages over HTTP, as two kinds of gateways want them."""

import json
import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.adapters.sms.gateway import Gateway, HttpTexter
from server.adapters.sms.template import filled, in_body, in_url, values
from server.ports import TextError
from tests.adapters.sms.listening import FakeGateway, gateway

NUMBER, TEXT = "+4930123456", 'Tomorrow at 9: "Intro" & more\n100 %'


@pytest.fixture
async def fake() -> AsyncIterator[FakeGateway]:
    async with gateway() as listening:
        yield listening


def json_gateway(fake: FakeGateway) -> Gateway:
    return Gateway(
        url=f"{fake.url}/v1/messages",
        headers=("Content-Type: application/json", "Authorization: Bearer {token}"),
        body='{"recipient": "{to}", "messages": [{"text": "{text}"}], "from": "{from}", "ref": "{id}"}',
        sender="Daybook",
        token="s3cret",
        timeout_s=5,
    )


async def test_a_gateway_that_wants_json_gets_json(fake: FakeGateway) -> None:
    """S3.43"""
    await HttpTexter(json_gateway(fake)).send(NUMBER, TEXT, "bk_1-7")
    (asked,) = fake.asked
    assert (asked.method, asked.path) == ("POST", "/v1/messages")
    assert asked.headers["authorization"] == "Bearer s3cret"
    assert json.loads(asked.body) == {
        "recipient": NUMBER,
        "messages": [{"text": TEXT}],
        "from": "Daybook",
        "ref": "bk_1-7",
    }


async def test_a_gateway_that_wants_a_form_gets_a_form(fake: FakeGateway) -> None:
    """S3.43"""
    wanted = Gateway(
        url=f"{fake.url}/send",
        headers=("Content-Type: application/x-www-form-urlencoded; charset=utf-8",),
        body="key={token}&to={digits}&message={text}",
        token="a&b",
    )
    await HttpTexter(wanted).send(NUMBER, TEXT, "1")
    assert parse_qs(fake.asked[0].body) == {"key": ["a&b"], "to": ["4930123456"], "message": [TEXT]}


async def test_a_gateway_that_wants_an_address_gets_it_escaped(fake: FakeGateway) -> None:
    wanted = Gateway(url=f"{fake.url}/send?to={{to}}&text={{text}}", method="GET")
    await HttpTexter(wanted).send(NUMBER, TEXT, "1")
    (asked,) = fake.asked
    assert parse_qs(urlsplit(asked.path).query) == {"to": [NUMBER], "text": [TEXT]}
    assert (asked.method, asked.body) == ("GET", "")


async def test_a_redirect_is_not_followed(fake: FakeGateway) -> None:
    fake.status = 302
    with pytest.raises(TextError) as caught:
        await HttpTexter(json_gateway(fake)).send(NUMBER, TEXT, "1")
    assert (caught.value.code, caught.value.permanent) == ("302", False)
    assert len(fake.asked) == 1


@pytest.mark.parametrize(
    ("status", "permanent"),
    [(400, True), (422, True), (401, False), (402, False), (429, False), (500, False), (503, False)],
)
async def test_what_a_gateway_refuses_for_good_is_told_from_what_can_be_mended(
    fake: FakeGateway, status: int, permanent: bool
) -> None:
    fake.status = status
    with pytest.raises(TextError) as caught:
        await HttpTexter(json_gateway(fake)).send(NUMBER, TEXT, "1")
    assert (caught.value.code, caught.value.permanent) == (str(status), permanent)


async def test_a_silent_gateway_is_given_up_for_now(fake: FakeGateway) -> None:
    fake.is_silent = True
    with pytest.raises(TextError) as caught:
        await HttpTexter(replace(json_gateway(fake), timeout_s=0.2)).send(NUMBER, TEXT, "1")
    assert (caught.value.code, caught.value.permanent) == ("timeout", False)


async def test_a_gateway_that_is_not_there_is_tried_again(unused_tcp_port: int) -> None:
    nowhere = Gateway(url=f"http://127.0.0.1:{unused_tcp_port}/", body="{to}{text}")
    with pytest.raises(TextError) as caught:
        await HttpTexter(nowhere).send(NUMBER, TEXT, "1")
    assert (caught.value.code, caught.value.permanent) == ("connect", False)


async def test_neither_number_nor_answer_is_logged(
    fake: FakeGateway, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    fake.status = 400
    with pytest.raises(TextError) as caught:
        await HttpTexter(json_gateway(fake)).send(NUMBER, TEXT, "1")
    told = str(caught.value) + caplog.text
    assert "+4930123456" not in told
    assert "secret words" not in told
    assert "s3cret" not in told


@given(st.text(), st.sampled_from(["application/json", "application/vnd.x+json; charset=utf-8"]))
def test_every_text_survives_json(text: str, content_type: str) -> None:
    known = values(NUMBER, text, "1", sender="", token="")
    assert json.loads(filled('{"a": {"b": "{text}"}}', known, in_body(content_type)))["a"]["b"] == text


@given(st.text(st.characters(codec="utf-8"), min_size=1))
def test_every_text_survives_forms_and_addresses(text: str) -> None:
    known = values(NUMBER, text, "1", sender="", token="")
    form = in_body("application/x-www-form-urlencoded")
    for escape in (form, in_url):
        assert parse_qs(filled("to={to}&t={text}", known, escape)) == {"to": [NUMBER], "t": [text]}


def test_what_a_message_says_is_never_taken_for_a_placeholder() -> None:
    known = values(NUMBER, "{token}", "1", sender="{text}", token="s3cret")
    assert filled("{text}{from}", known, str) == "{token}{text}"
