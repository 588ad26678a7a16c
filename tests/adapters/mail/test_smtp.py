"""Mail over SMTP, to a real server that can be told what to answer."""

import asyncio
import ssl
import subprocess
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from server.adapters.mail import smtp
from server.adapters.mail.smtp import Security, SmtpMailer, SmtpServer
from server.ports import MailError

MESSAGE = b"From: a@x.org\r\nSubject: hello\r\n\r\n.hidden dot\r\nlast line\r\n"
SENDER, GUEST = "a@x.org", "b@x.org"


class Postbox:
    """Keeps what arrives. `answers` maps a verb to what is answered instead of taking it; "drop" hangs up."""

    def __init__(self) -> None:
        self.arrived: list[tuple[str, bytes]] = []
        self.senders: list[str] = []
        self.answers: dict[str, str] = {}
        self.connections = 0
        self.port = 0

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if "MAIL" in self.answers:
            return self.answers["MAIL"]
        envelope.mail_from = address
        self.senders.append(address)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if "RCPT" in self.answers:
            return self.answers["RCPT"]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        assert isinstance(envelope.content, bytes)
        self.arrived.append((envelope.rcpt_tos[0], envelope.content))
        if self.answers.get("DATA") == "drop":
            assert server.transport is not None
            server.transport.close()
            return "421 gone"
        return self.answers.get("DATA", "250 OK")


@asynccontextmanager
async def listening(make: Callable[[Postbox], SMTP]) -> AsyncIterator[Postbox]:
    postbox, sessions = Postbox(), list[SMTP]()

    def connected() -> SMTP:
        postbox.connections += 1
        sessions.append(make(postbox))
        return sessions[-1]

    server = await asyncio.get_running_loop().create_server(connected, "127.0.0.1", 0)
    postbox.port = server.sockets[0].getsockname()[1]
    yield postbox
    server.close()
    for session in sessions:
        if session.transport is not None:
            session.transport.close()
    await asyncio.sleep(0.02)


@pytest.fixture
async def postbox() -> AsyncIterator[Postbox]:
    async with listening(lambda box: SMTP(box, hostname="test")) as made:
        yield made


@pytest.fixture
async def mailer(postbox: Postbox) -> AsyncIterator[SmtpMailer]:
    made = SmtpMailer(server_at(postbox.port))
    yield made
    await made.close()


def server_at(
    port: int, security: Security = Security.NONE, *, user: str = "", timeout_s: float = 2
) -> SmtpServer:
    return SmtpServer(
        host="127.0.0.1", port=port, security=security, user=user, password="secret", timeout_s=timeout_s
    )


async def refusal(mailer: SmtpMailer, recipient: str = GUEST) -> MailError:
    with pytest.raises(MailError) as refused:
        await mailer.send(MESSAGE, SENDER, recipient)
    return refused.value


async def test_a_message_arrives_as_it_was(postbox: Postbox, mailer: SmtpMailer) -> None:
    await mailer.send(MESSAGE, SENDER, GUEST)
    assert postbox.arrived == [(GUEST, MESSAGE)]


async def test_the_mails_of_a_batch_share_a_connection(postbox: Postbox, mailer: SmtpMailer) -> None:
    for number in range(5):
        await mailer.send(MESSAGE, SENDER, f"guest{number}@x.org")
    assert len(postbox.arrived) == 5
    assert postbox.connections == 1


async def test_a_connection_that_nothing_follows_is_closed(
    postbox: Postbox, mailer: SmtpMailer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smtp, "IDLE_S", 0.05)
    await mailer.send(MESSAGE, SENDER, GUEST)
    await asyncio.sleep(0.3)
    await mailer.send(MESSAGE, SENDER, GUEST)
    assert postbox.connections == 2


@pytest.mark.parametrize("verb", ["MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize(
    ("answer", "permanent"),
    [("451 later", False), ("450 greylisted", False), ("550 no", True), ("530 sign in", False)],
)
async def test_an_answer_says_whether_to_try_again(
    postbox: Postbox, mailer: SmtpMailer, verb: str, answer: str, permanent: bool
) -> None:
    postbox.answers[verb] = answer
    refused = await refusal(mailer)
    assert (refused.code, refused.permanent) == (answer[:3], permanent)


async def test_the_error_holds_no_text_of_the_server(postbox: Postbox, mailer: SmtpMailer) -> None:
    postbox.answers["RCPT"] = "550 b@x.org is not known here"
    assert "b@x.org" not in str(await refusal(mailer))


async def test_after_a_refusal_the_next_mail_goes_through(postbox: Postbox, mailer: SmtpMailer) -> None:
    postbox.answers["RCPT"] = "550 no"
    await refusal(mailer)
    postbox.answers.clear()
    await mailer.send(MESSAGE, SENDER, GUEST)
    assert len(postbox.arrived) == 1


async def test_a_lost_answer_leads_to_the_same_bytes_again(postbox: Postbox, mailer: SmtpMailer) -> None:
    postbox.answers["DATA"] = "drop"
    lost = await refusal(mailer)
    assert not lost.permanent
    postbox.answers.clear()
    await mailer.send(MESSAGE, SENDER, GUEST)
    assert postbox.arrived[0] == postbox.arrived[1]


async def test_a_server_that_is_not_there_is_tried_again(unused_tcp_port: int) -> None:
    refused = await refusal(SmtpMailer(server_at(unused_tcp_port)))
    assert (refused.code, refused.permanent) == ("connect", False)


async def test_a_server_that_says_nothing_is_not_waited_for() -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    mailer = SmtpMailer(server_at(server.sockets[0].getsockname()[1], timeout_s=0.2))
    refused = await refusal(mailer)
    assert not refused.permanent
    server.close()
    await asyncio.sleep(0.02)


async def test_a_server_without_starttls_gets_no_mail_and_no_password(postbox: Postbox) -> None:
    mailer = SmtpMailer(server_at(postbox.port, Security.STARTTLS, user="u"))
    refused = await refusal(mailer)
    assert not refused.permanent
    assert postbox.arrived == []


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
async def test_a_wrong_password_waits_for_the_operator() -> None:
    def refuse(*_: object) -> AuthResult:
        return AuthResult(success=False, handled=False)

    def make(box: Postbox) -> SMTP:
        return SMTP(box, hostname="test", authenticator=refuse, auth_required=True, auth_require_tls=False)

    async with listening(make) as postbox:
        refused = await refusal(SmtpMailer(server_at(postbox.port, user="u")))
    assert (refused.code, refused.permanent) == ("535", False)


@pytest.fixture
def own_certificate(tmp_path: Path) -> ssl.SSLContext:
    key, certificate = tmp_path / "key.pem", tmp_path / "cert.pem"
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "1",
        "-subj",
        "/CN=127.0.0.1",
    ]
    subprocess.run([*command, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context


async def test_a_certificate_nobody_vouches_for_is_refused(own_certificate: ssl.SSLContext) -> None:
    async with listening(lambda box: SMTP(box, hostname="test", tls_context=own_certificate)) as postbox:
        refused = await refusal(SmtpMailer(server_at(postbox.port, Security.STARTTLS)))
    assert not refused.permanent
    assert postbox.arrived == []


async def test_an_address_outside_ascii_needs_a_server_that_takes_it(
    postbox: Postbox, mailer: SmtpMailer
) -> None:
    refused = await refusal(mailer, "jörg@x.org")
    assert refused.permanent


async def test_a_probe_finds_the_server_without_sending(postbox: Postbox, mailer: SmtpMailer) -> None:
    await mailer.probe()
    assert postbox.connections == 1
    assert postbox.arrived == []
