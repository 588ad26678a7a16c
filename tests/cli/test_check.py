"""`daybook check` says what is wrong and what to do, and ends with 1 when something does not work."""

import json
import socket
from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP, AuthResult

from server.cli.probes import probe_base_url, probe_clock, probe_mail, probe_sms
from server.control.findings import Verdict
from server.settings.model import MailSecurity, MailSettings, SmsSettings
from tests.adapters.mail.test_smtp import Postbox, listening
from tests.adapters.sms.listening import gateway
from tests.cli.conftest import Shell
from tests.system.running import Running, free_port


def test_an_empty_installation_has_warnings_but_no_fault(shell: Shell) -> None:
    text = shell.run("check")
    assert "daybook host add" in text
    assert "FAULT" not in text


def test_wrong_settings_are_faults(shell: Shell) -> None:
    (config := shell.data / "daybook.toml").write_text('listen = "here"\n')
    code, text = shell.attempt("check", "--config", str(config))
    assert code == 1
    assert "must be HOST:PORT" in text


def test_a_broken_file_in_a_home_is_a_fault_that_names_it(shell: Shell) -> None:
    shell.run("host", "add", "alice", "--email", "alice@example.org", "--zone", "UTC")
    profile = shell.data / "collections/collection-root/alice/.Daybook/profile.json"
    profile.write_text("{")
    code, text = shell.attempt("check")
    assert code == 1
    assert str(profile) in text


def test_a_data_directory_that_cannot_be_used_is_a_fault(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    code, text = shell.attempt("check", "--data", str(tmp_path / "file"))
    assert (code, "cannot be used as data directory" in text) == (1, True)


@pytest.mark.slow
def test_findings_are_printed_as_json(served: Shell) -> None:
    found = json.loads(served.run("check", "--json"))
    assert {"verdict", "about", "text", "cure"} == set(found[0])
    assert {one["verdict"] for one in found} <= {"ok", "warning"}


async def test_an_smtp_server_that_does_not_answer_is_a_fault() -> None:
    mail = MailSettings(host="127.0.0.1", port=free_port(), sender="daybook@example.org")
    found = await probe_mail(mail)
    assert found is not None
    assert (found.verdict, "mail.host" in found.cure) == (Verdict.FAULT, True)


async def test_an_smtp_server_that_says_nothing_is_a_fault_within_its_time() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        mail = MailSettings(
            host="127.0.0.1", port=port, sender="d@example.org", security=MailSecurity.NONE, timeout_s=1
        )
        found = await probe_mail(mail)
    assert found is not None
    assert found.verdict is Verdict.FAULT


async def test_an_smtp_server_that_lets_daybook_in_is_ok_and_gets_no_mail() -> None:
    async with listening(lambda box: SMTP(box, hostname="test")) as postbox:
        mail = MailSettings(
            host="127.0.0.1", port=postbox.port, sender="d@example.org", security=MailSecurity.NONE
        )
        found = await probe_mail(mail)
    assert found is not None
    assert found.verdict is Verdict.OK
    assert postbox.arrived == []


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
async def test_a_refused_sign_in_points_to_user_and_password() -> None:
    def make(box: Postbox) -> SMTP:
        def refuse(*_: object) -> AuthResult:
            return AuthResult(success=False, handled=False)

        return SMTP(box, hostname="test", authenticator=refuse, auth_required=True, auth_require_tls=False)

    async with listening(make) as postbox:
        mail = MailSettings(
            host="127.0.0.1",
            port=postbox.port,
            sender="d@example.org",
            security=MailSecurity.NONE,
            user="u",
            password="wrong",
        )
        found = await probe_mail(mail)
    assert found is not None
    assert (found.verdict, "mail.password" in found.cure) == (Verdict.FAULT, True)


async def test_without_an_smtp_server_there_is_nothing_to_probe() -> None:
    assert await probe_mail(MailSettings()) is None


def test_the_clock_is_looked_at_and_is_never_a_fault() -> None:
    assert probe_clock().verdict in {Verdict.OK, Verdict.WARNING}


async def test_a_base_url_that_leads_nowhere_is_a_warning() -> None:
    found = await probe_base_url(f"http://127.0.0.1:{free_port()}")
    assert found is not None
    assert (found.verdict, "cannot be reached" in found.text) == (Verdict.WARNING, True)


@pytest.mark.slow
async def test_a_base_url_that_leads_to_daybook_is_ok(server: Running) -> None:
    found = await probe_base_url(server.url)
    assert found is not None
    assert found.verdict is Verdict.OK


async def test_a_gateway_is_reached_without_sending_anything() -> None:
    async with gateway() as fake:
        found = await probe_sms(SmsSettings(url=f"{fake.url}/sms", body="{to}{text}"), None)
    assert found is not None
    assert (found.verdict, fake.asked) == (Verdict.OK, [])


async def test_a_gateway_takes_a_message_to_the_number_that_is_given() -> None:
    async with gateway() as fake:
        sms = SmsSettings(url=f"{fake.url}/sms", body="{to}: {text}")
        taken = await probe_sms(sms, "0049 151 12345678")
        fake.status = 401
        refused = await probe_sms(sms, "+4915112345678")
    assert taken is not None
    assert refused is not None
    assert (taken.verdict, refused.verdict) == (Verdict.OK, Verdict.FAULT)
    assert fake.asked[0].body == "+4915112345678: Daybook sends text messages."
    assert "401" in refused.text


@pytest.mark.parametrize("number", ["0151 12345678", "me"])
async def test_a_number_without_its_country_is_a_fault(number: str) -> None:
    found = await probe_sms(SmsSettings(url="http://127.0.0.1:9/", body="{to}{text}"), number)
    assert found is not None
    assert found.verdict is Verdict.FAULT


async def test_a_gateway_that_is_not_there_is_a_fault() -> None:
    found = await probe_sms(SmsSettings(url=f"http://127.0.0.1:{free_port()}/", body="{to}{text}"), None)
    assert found is not None
    assert found.verdict is Verdict.FAULT


async def test_without_a_gateway_only_who_asks_is_told() -> None:
    assert await probe_sms(SmsSettings(), None) is None
    found = await probe_sms(SmsSettings(), "+4915112345678")
    assert found is not None
    assert found.verdict is Verdict.FAULT


def test_reminders_that_cannot_leave_are_a_warning(shell: Shell) -> None:
    shell.run("host", "add", "alice", "--email", "alice@example.org", "--zone", "UTC")
    shell.run("event-type", "create", "alice/intro", "--reminder", "1h guest sms")
    assert "no text message can leave, and these remind by them: alice/intro" in shell.run("check")
