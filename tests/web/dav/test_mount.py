"""Radicale below /dav/: who gets in, what gets through, and what happens when too much comes at once."""

import asyncio
import threading
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from time import monotonic
from typing import Any

import pytest
from aiohttp import ClientResponse, web
from pytest_aiohttp.plugin import AiohttpClient

from radicale_plugin.auth import USER
from radicale_plugin.feed import Change
from server.adapters.memory import memory_ports
from server.adapters.memory.calendars import MemoryCalendars
from server.web import dav
from server.web.app import make_app
from server.web.dav.bridge import WAITING_PER_THREAD, StartResponse
from server.web.dav.turns import Turns
from tests.builders import NOW
from tests.radicale_plugin.asking import PROPFIND, meeting
from tests.web.dav.conftest import ALICE, BOB, BODY_MAX, THREADS, Login, Site, authorization

ONE = "/dav/alice/calendar/one.ics"
RESOURCE = PROPFIND.format("<resourcetype/>")


async def ask(
    site: Site, method: str, path: str, body: str = "", login: Login | None = ALICE, **headers: str
) -> ClientResponse:
    named = authorization(login) | {name.replace("_", "-"): value for name, value in headers.items()}
    return await site.client.request(method, path, data=body.encode(), headers=named, allow_redirects=False)


async def test_a_client_that_signed_in_writes_and_reads_an_object(site: Site) -> None:
    put = await ask(site, "PUT", ONE, meeting("one"))
    got = await ask(site, "GET", ONE)
    assert (put.status, got.status) == (201, 200)
    assert await got.text(encoding="utf-8") == meeting("one")
    assert got.headers["ETag"] == put.headers["ETag"]


@pytest.mark.parametrize("charset", ["punycode", "unicode_escape", "rot13", "nonsense", "\u00fc"])
async def test_a_charset_that_no_client_writes_in_decides_nothing(site: Site, charset: str) -> None:
    """Long words in punycode would keep a thread, and all others waiting for it, for hours."""
    named = {"Content-Type": f"text/calendar; charset={charset}"}
    text = meeting("one").replace("SUMMARY:", "SUMMARY:B\u00fcro \\u00fc ")
    put = await site.client.put(ONE, data=text.encode(), headers=authorization(ALICE) | named)
    assert put.status == 201
    assert await (await ask(site, "GET", ONE)).text(encoding="utf-8") == text


async def test_hrefs_carry_the_prefix_and_lead_back(site: Site) -> None:
    await ask(site, "PUT", ONE, meeting("one"))
    listed = await ask(site, "PROPFIND", "/dav/alice/calendar/", RESOURCE, Depth="1")
    assert f"<href>{ONE}</href>" in await listed.text()


async def test_a_name_with_a_percent_sign_or_an_umlaut_is_the_same_in_and_out(site: Site) -> None:
    path = "/dav/alice/calendar/b%C3%BCro%2520%40x.ics"
    assert (await ask(site, "PUT", path, meeting("one"))).status == 201
    listed = await ask(site, "PROPFIND", "/dav/alice/calendar/", RESOURCE, Depth="1")
    text = await listed.text()
    href = next(part.partition("</href>")[0] for part in text.split("<href>") if "ro%25" in part)
    assert (await ask(site, "GET", href)).status == 200


@pytest.mark.parametrize("name", ["caldav", "carddav"])
@pytest.mark.parametrize("method", ["GET", "PROPFIND"])
async def test_clients_that_know_only_the_host_are_led_to_the_mount(
    site: Site, name: str, method: str
) -> None:
    answer = await ask(site, method, f"/.well-known/{name}", login=None)
    assert (answer.status, answer.headers["Location"]) == (301, "/dav/")


@pytest.mark.parametrize("path", ["/dav", "/dav/", "/dav/alice/"])
async def test_the_mount_answers_with_and_without_a_slash(site: Site, path: str) -> None:
    assert (await ask(site, "PROPFIND", path, RESOURCE, Depth="0")).status == 207


async def test_nothing_beside_the_mount_is_swallowed_by_it(site: Site) -> None:
    assert (await ask(site, "GET", "/davos")).status == 404


async def test_head_tells_the_length_without_the_text(site: Site) -> None:
    await ask(site, "PUT", ONE, meeting("one"))
    head = await ask(site, "HEAD", ONE, Accept_Encoding="identity")
    assert (head.status, await head.read()) == (200, b"")
    assert head.headers["Content-Length"] == str(len(meeting("one").encode()))


# Signing in ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "login",
    [
        None,
        ("alice", "wrong"),
        ("nobody", "correct horse"),
        ("", ""),
        ("alice", ""),
    ],
)
@pytest.mark.parametrize("method", ["PROPFIND", "OPTIONS", "PUT"])
async def test_who_does_not_sign_in_is_asked_to_at_once(site: Site, login: Login | None, method: str) -> None:
    began = monotonic()
    answer = await ask(site, method, "/dav/alice/", login=login)
    assert answer.status == 401
    assert answer.headers["WWW-Authenticate"].startswith("Basic realm=")
    assert monotonic() - began < 0.3


@pytest.mark.parametrize(
    "header", ["Bearer abc", "Basic", "Basic !!!", "Basic YWxpY2U=", "Digest username=alice"]
)
async def test_a_header_that_is_no_sign_in_is_none(site: Site, header: str) -> None:
    assert (await ask(site, "PROPFIND", "/dav/alice/", login=None, Authorization=header)).status == 401


async def test_a_phone_that_capitalises_the_name_gets_in(site: Site) -> None:
    login = ("Alice ", "correct horse")
    assert (await ask(site, "PROPFIND", "/dav/alice/", RESOURCE, login)).status == 207


async def test_who_guesses_is_slowed_for_this_account_and_nobody_else_is(site: Site) -> None:
    statuses = [
        (await ask(site, "PROPFIND", "/dav/alice/", login=("alice", str(n)))).status for n in range(6)
    ]
    assert statuses == [401] * 5 + [429]
    late = await ask(site, "PROPFIND", "/dav/alice/", RESOURCE)
    assert (late.status, int(late.headers["Retry-After"]) > 0) == (429, True)
    assert (await ask(site, "PROPFIND", "/dav/bob/", RESOURCE, BOB)).status == 207


async def test_who_guesses_all_at_once_has_no_more_guesses(site: Site, aiohttp_client: AiohttpClient) -> None:
    class Slow:
        async def verify(self, login: str, password: str) -> bool:
            await asyncio.sleep(0.01)
            return await site.ports.accounts.verify(login, password)

        async def set_password(self, login: str, password: str) -> None:
            await site.ports.accounts.set_password(login, password)

    mount = dav.Mount(lambda *_: [b""], threads=1, body_bytes_max=BODY_MAX, sign_ins_per_minute=5)
    client = await aiohttp_client(make_app(replace(site.ports, accounts=Slow()), faces=mount.routes()))
    guesses = (client.get("/dav/", headers=authorization(("alice", str(n)))) for n in range(20))
    assert Counter([answer.status for answer in await asyncio.gather(*guesses)]) == {401: 5, 429: 15}
    mount.close()


async def test_who_guesses_names_is_slowed_as_a_whole(site: Site) -> None:
    guesses = [ask(site, "PROPFIND", "/dav/", login=(f"host{n}", "x")) for n in range(30)]
    assert [(await guess).status for guess in guesses][-1] == 429


async def test_a_switched_off_account_is_out_at_once(site: Site) -> None:
    assert (await ask(site, "PROPFIND", "/dav/alice/", RESOURCE)).status == 207
    await site.ports.ledger.disable_account("alice", disabled=True)
    assert (await ask(site, "PROPFIND", "/dav/alice/", RESOURCE)).status == 401


async def test_two_hosts_do_not_meet(site: Site) -> None:
    await ask(site, "PUT", ONE, meeting("one"))
    for method, path in (("GET", ONE), ("PUT", ONE), ("PROPFIND", "/dav/alice/"), ("DELETE", ONE)):
        assert (await ask(site, method, path, meeting("one"), BOB)).status == 403


# What gets through ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("X-Remote-User", "bob"),
        ("X_Remote_User", "bob"),
        ("Remote-User", "bob"),
        ("daybook.user", "bob"),
        ("X-Script-Name", "/evil"),
        ("X-Forwarded-Host", "evil.example"),
        ("X-Forwarded-Prefix", "/evil"),
        ("Proxy", "http://evil.example"),
    ],
)
async def test_no_header_makes_somebody_else_or_another_place_of_a_request(
    site: Site, name: str, value: str
) -> None:
    url = "/dav/alice/calendar/"
    answer = await site.client.request(
        "PROPFIND", url, data=RESOURCE.encode(), headers={**authorization(ALICE), name: value, "Depth": "0"}
    )
    text = await answer.text()
    assert answer.status == 207
    assert "<href>/dav/alice/calendar/</href>" in text
    assert "evil" not in text
    denied = await site.client.request("PROPFIND", "/dav/bob/", headers={**authorization(ALICE), name: value})
    assert denied.status == 403


async def test_an_object_is_moved_to_a_destination_as_the_client_sees_it(site: Site) -> None:
    changes: list[Change] = []
    site.calendars._storage.feed.subscribe(changes.append)
    await ask(site, "MKCALENDAR", "/dav/alice/other/")
    await ask(site, "PUT", ONE, meeting("one"))
    for target in ("http://{host}/dav/alice/other/a.ics", "https://book.example/dav/alice/other/b.ics"):
        source = changes[-1].href if "book" in target else "one.ics"
        start = "/dav/alice/other/" if "book" in target else "/dav/alice/calendar/"
        if "book" in target:
            source = "a.ics"
        destination = target.format(host=f"{site.client.host}:{site.client.port}")
        moved = await ask(site, "MOVE", start + source, Destination=destination)
        assert moved.status == 201
    assert {change.href for change in changes} == {"one.ics", "a.ics", "b.ics"}


async def test_a_move_to_another_server_is_refused(site: Site) -> None:
    await ask(site, "PUT", ONE, meeting("one"))
    moved = await ask(site, "MOVE", ONE, Destination="http://evil.example/dav/alice/calendar/x.ics")
    assert moved.status == 502


async def test_a_body_that_is_too_long_is_refused_announced_or_not(site: Site) -> None:
    long = meeting("one", f"DESCRIPTION:{'x' * BODY_MAX}")

    async def pieces() -> Any:
        for start in range(0, len(long), 10_000):
            yield long[start : start + 10_000].encode()

    assert (await ask(site, "PUT", ONE, long)).status == 413
    assert (await site.client.put(ONE, data=pieces(), headers=authorization(ALICE))).status == 413
    assert (await ask(site, "GET", ONE)).status == 404


async def test_a_body_in_pieces_is_put_together(site: Site) -> None:
    written = meeting("one", f"DESCRIPTION:{'x' * 5_000}").encode()

    async def pieces() -> Any:
        for start in range(0, len(written), 100):
            yield written[start : start + 100]

    assert (await site.client.put(ONE, data=pieces(), headers=authorization(ALICE))).status == 201
    assert await (await ask(site, "GET", ONE)).read() == written


async def test_an_answer_is_compressed_for_those_who_can_read_it(site: Site) -> None:
    answer = await ask(site, "PROPFIND", "/dav/alice/", RESOURCE, Accept_Encoding="gzip")
    assert answer.headers["Content-Encoding"] == "gzip"
    assert "<href>/dav/alice/</href>" in await answer.text()


# Too much at once ----------------------------------------------------------------------------------------------------


async def test_when_threads_and_line_are_full_the_answer_is_503_at_once(
    aiohttp_client: AiohttpClient,
) -> None:
    go = threading.Event()

    def slow(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        go.wait(10)
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [b"done"]

    ports = memory_ports(NOW, calendars=MemoryCalendars())
    await ports.accounts.set_password("alice", "correct horse")
    places = THREADS * (1 + WAITING_PER_THREAD)
    mount = dav.Mount(
        slow, threads=THREADS, per_account=places + 1, body_bytes_max=BODY_MAX, sign_ins_per_minute=5
    )
    client = await aiohttp_client(make_app(ports, faces=mount.routes()))
    waiting = [asyncio.create_task(client.get("/dav/", headers=authorization(ALICE))) for _ in range(places)]
    while mount._bridge._calls < places:  # noqa: ASYNC110  (the count is the bridge's own)
        await asyncio.sleep(0.01)
    refused = await client.get("/dav/", headers=authorization(ALICE))
    assert (refused.status, refused.headers["Retry-After"]) == (503, "2")
    assert (await client.get("/healthz")).status in {200, 503}
    go.set()
    assert {answer.status for answer in await asyncio.gather(*waiting)} == {200}
    assert (await client.get("/dav/", headers=authorization(ALICE))).status == 200
    mount.close()


async def test_one_account_leaves_threads_to_the_others_and_waits_in_a_line_of_its_own(
    aiohttp_client: AiohttpClient,
) -> None:
    go, served = threading.Event(), Counter[str]()

    def slow(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        user = environ[USER]
        served[user] += 1
        if user == "alice":
            go.wait(60)
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [b"done"]

    ports = memory_ports(NOW, calendars=MemoryCalendars())
    for login, password in (ALICE, BOB):
        await ports.accounts.set_password(login, password)
    mount = dav.Mount(slow, threads=2, per_account=1, body_bytes_max=BODY_MAX, sign_ins_per_minute=5)
    client = await aiohttp_client(make_app(ports, faces=mount.routes()))
    places = 1 + WAITING_PER_THREAD
    waiting = [asyncio.create_task(client.get("/dav/", headers=authorization(ALICE))) for _ in range(places)]
    while mount._turns._here["alice"] < places:  # noqa: ASYNC110  (the count is the line's own)
        await asyncio.sleep(0.01)
    refused = await client.get("/dav/", headers=authorization(ALICE))
    assert (refused.status, refused.headers["Retry-After"]) == (503, "2")
    assert (await client.get("/dav/", headers=authorization(BOB))).status == 200
    assert served == {"alice": 1, "bob": 1}
    go.set()
    assert {answer.status for answer in await asyncio.gather(*waiting)} == {200}
    assert not mount._turns._here
    mount.close()


async def test_a_client_that_hangs_up_in_the_line_gives_its_place_back() -> None:
    turns = Turns(1, 1)
    async with turns.of("alice"):
        waits = asyncio.create_task(_one_turn(turns))
        await asyncio.sleep(0)
        waits.cancel()
        await asyncio.gather(waits, return_exceptions=True)
        assert turns._here == {"alice": 1}
    await _one_turn(turns)
    assert not turns._here


async def _one_turn(turns: Turns) -> None:
    async with turns.of("alice"):
        pass


async def test_a_fault_in_the_application_is_500_and_the_place_is_free_again(
    aiohttp_client: AiohttpClient,
) -> None:
    def broken(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        raise ZeroDivisionError

    ports = memory_ports(NOW, calendars=MemoryCalendars())
    await ports.accounts.set_password("alice", "correct horse")
    mount = dav.Mount(broken, threads=THREADS, body_bytes_max=BODY_MAX, sign_ins_per_minute=5)
    client = await aiohttp_client(make_app(ports, faces=mount.routes()))
    for _ in range(THREADS * (1 + WAITING_PER_THREAD) + 1):
        assert (await client.get("/dav/", headers=authorization(ALICE))).status == 500
    mount.close()


def test_the_mount_has_a_site_map() -> None:
    mount = dav.Mount(lambda *_: [], body_bytes_max=1, sign_ins_per_minute=1)
    assert {route.path for route in mount.routes() if isinstance(route, web.RouteDef)} == {
        "/dav{tail:(?:/.*)?}",
        "/.well-known/caldav",
        "/.well-known/carddav",
    }
    mount.close()
