"""What operators set is read from all sources, and everything that is wrong is told at once."""

import re
from ipaddress import ip_network
from pathlib import Path

import pytest

from server.resources import config_dir
from server.settings.load import DEFAULTS, load, names
from server.settings.model import Listen, LogFormat, MailSecurity, Settings
from server.settings.sources import SettingsError, variable

DOCS = Path(__file__).resolve().parents[2] / "docs"
BASE_URL = (
    "must be the https or http address people reach, without a path, for instance https://book.example.org"
)


def written(folder: Path, text: str) -> Path:
    file = folder / "daybook.toml"
    file.write_text(text)
    return file


def faults(folder: Path, text: str = "", **environ: str) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as caught:
        load(written(folder, text), environ)
    return caught.value.faults


def shipped() -> str:
    """Return config/daybook.toml with every default uncommented."""
    text = (config_dir() / "daybook.toml").read_text()
    return re.sub(r"^# ([a-z_]+ = )", r"\1", text, flags=re.MULTILINE)


def test_without_any_source_the_defaults_hold() -> None:
    assert load() == Settings()


def test_the_shipped_file_is_all_comments_and_changes_nothing() -> None:
    assert load(config_dir() / "daybook.toml") == DEFAULTS


def test_the_shipped_file_shows_every_setting_with_its_real_default(tmp_path: Path) -> None:
    text = shipped()
    table, found = "", set()
    for line in text.splitlines():
        if header := re.fullmatch(r"\[(\w+)\]", line):
            table = header[1] + "."
        elif setting := re.match(r"([a-z_]+) = ", line):
            found.add(table + setting[1])
    assert found == names()
    assert load(written(tmp_path, text)) == DEFAULTS


def test_every_setting_has_a_comment_that_explains_it() -> None:
    lines = (config_dir() / "daybook.toml").read_text().splitlines()
    for at, line in enumerate(lines):
        if re.match(r"# [a-z_]+ = ", line):
            assert lines[at - 1].startswith("# "), line


@pytest.mark.parametrize("name", sorted(names()))
def test_every_setting_can_be_set_by_its_environment_variable(name: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        load(None, {variable(name): "\x00"})
    assert any(variable(name) in fault for fault in caught.value.faults)


def test_the_environment_wins_over_the_file_and_an_option_over_both(tmp_path: Path) -> None:
    file = written(tmp_path, 'data = "a"\nlisten = "127.0.0.1:1"\nsite_name = "File"')
    found = load(file, {"DAYBOOK_DATA": "b", "DAYBOOK_LISTEN": "127.0.0.1:2"}, {"listen": "[::1]:3"})
    assert (found.site_name, found.data, found.listen) == ("File", Path("b"), Listen("::1", 3))


def test_tables_lists_numbers_and_words_are_read(tmp_path: Path) -> None:
    found = load(
        written(
            tmp_path,
            """
            base_url = "https://book.example.org/"
            trusted_proxies = ["10.0.0.0/8", "::1"]
            freebusy_public = false
            [mail]
            host = "smtp.example.org"
            port = 465
            security = "tls"
            sender = "daybook@example.org"
            [log]
            format = "json"
            """,
        )
    )
    assert found.base_url == "https://book.example.org"
    assert found.trusted_proxies == (ip_network("10.0.0.0/8"), ip_network("::1"))
    assert found.freebusy_public is False
    assert (found.mail.port, found.mail.security) == (465, MailSecurity.TLS)
    assert found.log.format is LogFormat.JSON


def test_lists_and_truth_are_written_as_text_in_the_environment() -> None:
    found = load(None, {"DAYBOOK_TRUSTED_PROXIES": "127.0.0.1, fd00::/8", "DAYBOOK_FREEBUSY_PUBLIC": "no"})
    assert found.trusted_proxies == (ip_network("127.0.0.1"), ip_network("fd00::/8"))
    assert found.freebusy_public is False


def test_the_file_may_be_named_by_the_environment(tmp_path: Path) -> None:
    file = written(tmp_path, 'site_name = "Named"')
    assert load(None, {"DAYBOOK_CONFIG": str(file)}).site_name == "Named"


def test_a_secret_may_stand_in_a_file_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("k" * 40 + "\n")
    (tmp_path / "password").write_text("hunter2\n")
    found = load(
        None,
        {
            "DAYBOOK_SECRET_KEY_FILE": str(tmp_path / "key"),
            "DAYBOOK_MAIL_PASSWORD_FILE": str(tmp_path / "password"),
        },
    )
    assert found.secret_key == b"k" * 40
    assert found.mail.password == "hunter2"


def test_all_faults_are_told_at_once_each_with_value_place_and_cure(tmp_path: Path) -> None:
    found = faults(
        tmp_path,
        'listen = "8000"\nbase_url = "book.example.org"\n[mail]\nport = 99999\n',
        DAYBOOK_LOG_LEVEL="loud",
    )
    file = tmp_path / "daybook.toml"
    assert found == (
        f'listen = "8000" ({file}): must be HOST:PORT, for instance 127.0.0.1:8000 or [::1]:8000',
        f'base_url = "book.example.org" ({file}): {BASE_URL}',
        f"mail.port = 99999 ({file}): must be a whole number from 1 to 65535",
        'log.level = "loud" (DAYBOOK_LOG_LEVEL): must be one of: debug, info, warning, error',
    )


@pytest.mark.parametrize(
    ("text", "cure"),
    [
        ("site_name = 5", "must be text in quotes"),
        ('site_name = ""', "must not be empty"),
        (r'site_name = "a\nb"', "must be one line without control characters"),
        ('data = ""', "must not be empty"),
        ("freebusy_public = 1", "must be true or false"),
        ('language = "english please"', "must be a language tag"),
        ('trusted_proxies = ["10.0.0.1/8"]', "“10.0.0.1/8” is none"),
        ("trusted_proxies = 7", "must be a list of networks"),
        ('[abuse]\nblocked_addresses = ["*"]', "must be mail addresses, whole domains"),
        ('[inbound]\nmaildir = "/var/mail/bounces"', "must be set with inbound.maildir"),
        (f'[inbound]\naddress = "{"b" * 25}@example.org"', "must have at most 24 characters before the @"),
        ('trusted_proxies = ["::/0"]', "must name the proxies' own networks"),
        ('base_url = "https://example.org/booking"', "without a path"),
        ('base_url = "https://me@example.org"', "without a path"),
        ('base_url = "https://[example.org"', "without a path"),
        ('secret_key = "short"', "must be at least 32 characters"),
        ("[limits]\ndav_threads = true", "must be a whole number from 1 to 128"),
        ('[mail]\nsender = "Anna <anna@example.org>"', "must be a plain mail address"),
        ('[mail]\nhost = "smtp.example.org"', "must be set with mail.host"),
        ('[mail]\nuser = "anna"', "must be set with mail.user"),
    ],
)
def test_a_wrong_setting_says_what_it_must_be(text: str, cure: str, tmp_path: Path) -> None:
    assert cure in faults(tmp_path, text)[0]


def test_an_unknown_setting_names_the_nearest_one(tmp_path: Path) -> None:
    found = faults(tmp_path, 'bse_url = ""\n[mail]\nhots = "x"\n', DAYBOOK_SITENAME="x")
    assert "did you mean base_url?" in found[0]
    assert "did you mean mail.host?" in found[1]
    assert "did you mean DAYBOOK_SITE_NAME?" in found[2]


def test_the_value_of_a_secret_is_never_repeated(tmp_path: Path) -> None:
    found = faults(tmp_path, 'secret_key = "tiny-secret"\n[mail]\npasword = "tiny-secret"\n')
    assert len(found) == 2
    assert "tiny-secret" not in "".join(found)
    key = "tiny-secret" * 4
    assert key not in repr(load(None, {"DAYBOOK_SECRET_KEY": key}))


def test_a_secret_given_twice_is_refused(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("k" * 40)
    found = faults(tmp_path, f'secret_key = "{"j" * 40}"\nsecret_key_file = "{tmp_path / "key"}"')
    assert "must not be set beside secret_key_file" in found[0]


def test_a_secret_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    assert "No such file" in faults(tmp_path, f'secret_key_file = "{tmp_path / "none"}"')[0]


def test_a_file_that_is_not_there_or_not_toml_is_told(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read: No such file"):
        load(tmp_path / "none.toml")
    assert "is not TOML" in faults(tmp_path, "listen: 8000")[0]


SMS = """[sms]
url = "https://sms.example/send"
headers = ["Content-Type: application/json", "Authorization: Bearer {token}"]
token = "s3cret"
body = '''
{"to": "{to}",
 "text": "{text}"}
'''
"""


def test_a_gateway_is_described_by_templates(tmp_path: Path) -> None:
    """S3.43"""
    sms = load(written(tmp_path, SMS)).sms
    assert sms.headers == ("Content-Type: application/json", "Authorization: Bearer {token}")
    assert sms.body == '{"to": "{to}",\n "text": "{text}"}\n'
    assert "s3cret" not in repr(sms)


@pytest.mark.parametrize(
    ("of", "to", "setting"),
    [
        ("{to}", "{too}", "sms.body"),
        ("{text}", "", "sms.body"),
        ('token = "s3cret"', "", "sms.token"),
        ("https://sms.example", "https://{to}.example", "sms.url"),
        ("https://sms.example", "ftp://sms.example", "sms.url"),
        ("Content-Type:", "Content Type:", "sms.headers"),
    ],
)
def test_what_no_gateway_could_understand_is_refused(tmp_path: Path, of: str, to: str, setting: str) -> None:
    (fault,) = faults(tmp_path, SMS.replace(of, to))
    assert fault.startswith(setting)
    assert "s3cret" not in fault


def test_headers_in_a_variable_stand_on_lines(tmp_path: Path) -> None:
    found = load(None, {"DAYBOOK_SMS_HEADERS": "A: 1\nB: 2"}).sms
    assert found.headers == ("A: 1", "B: 2")


@pytest.mark.parametrize(
    "example", re.findall(r"```toml\n(.*?)```", (DOCS / "sms.md").read_text(), re.DOTALL)
)
def test_the_examples_of_gateways_can_be_used(example: str, tmp_path: Path) -> None:
    """S3.43"""
    (tmp_path / "token").write_text("s3cret\n")
    sms = load(written(tmp_path, example.replace("/etc/daybook/sms-token", str(tmp_path / "token")))).sms
    assert (sms.url.startswith("https://gateway.example/"), sms.token) == (True, "s3cret")
