"""CalDAV through the plugin against stock Radicale, over equal calendars, in process and without sockets.

`BENCH_OBJECTS` sets how many objects a calendar has. The bars are those for 10,000; as the stock server looks at
every object for each request, they shrink with the number.
"""

import gc
import io
import itertools
import os
import shutil
import sys
import tempfile
import tracemalloc
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from time import perf_counter
from typing import Any

from radicale import config
from radicale.app import Application
from radicale.storage import multifilesystem

import radicale_plugin
from radicale_plugin.auth import USER
from radicale_plugin.index import Index
from server.ical.scan import scan
from tests.bench.harness import Row, alternate, at_least, below, faster, seconds_per_call
from tests.bench.holds import held

OBJECTS = int(os.environ.get("BENCH_OBJECTS", "1000"))
ALONE = 10_000
"""How many objects the calendar has that is compared with nothing."""
SHARE = min(1.0, OBJECTS / 10_000)
RUNS = 5 if OBJECTS <= 10_000 else 1
"""How often each side is asked: beyond, one request takes the stock server seconds, and seconds need no median."""
RECURRING_EVERY = 20
"""One in so many objects is a weekly series; every second of these is endless."""
MONDAY = datetime(2026, 11, 16, 8, tzinfo=UTC)
SPREAD_DAYS = 1_000

PROPFIND = '<propfind xmlns="DAV:" xmlns:CS="http://calendarserver.org/ns/"><prop>{}</prop></propfind>'
SYNC = '<sync-collection xmlns="DAV:"><sync-token>{}</sync-token><sync-level>1</sync-level><prop><getetag/></prop></sync-collection>'
WEEK = (
    '<C:calendar-query xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><D:prop><D:getetag/><C:calendar-data/></D:prop>'
    '<C:filter><C:comp-filter name="VCALENDAR"><C:comp-filter name="VEVENT">'
    '<C:time-range start="20261116T000000Z" end="20261123T000000Z"/></C:comp-filter></C:comp-filter></C:filter></C:calendar-query>'
)

EXPANDED = WEEK.replace(
    "<C:calendar-data/>",
    '<C:calendar-data><C:expand start="20261116T000000Z" end="20261123T000000Z"/></C:calendar-data>',
)
FREE_BUSY = (
    '<C:free-busy-query xmlns:C="urn:ietf:params:xml:ns:caldav">'
    '<C:time-range start="20261116T000000Z" end="20261123T000000Z"/></C:free-busy-query>'
)
MULTIGET = (
    '<C:calendar-multiget xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><D:prop><D:getetag/><C:calendar-data/>'
    "</D:prop>{}</C:calendar-multiget>"
)
GOT = 50
"""How many objects clients fetch at once."""
HOMES = 8

Ask = Callable[..., tuple[int, str]]


def rows() -> Iterable[Row]:
    """Measure every CalDAV row that exists."""
    folder = Path(tempfile.mkdtemp(prefix="bench-caldav-"))
    try:
        fill(folder / "alone", ALONE)
        yield from _start_and_memory(folder / "alone")
        yield from _index(folder / "alone")
        yield from _holds(folder / "alone")
        fill(folder / "ours", OBJECTS)
        fill(folder / "stock", OBJECTS)
        yield from _against_stock(_ours(folder / "ours"), _stock(folder / "stock"))
        yield _writing(folder / "ours", folder / "stock")
    finally:
        shutil.rmtree(folder)


def fill(root: Path, objects: int) -> None:
    """Write a home with one calendar of so many objects below `root`."""
    calendar = root / "collection-root" / "alice" / "calendar"
    calendar.mkdir(parents=True)
    (calendar / ".Radicale.props").write_text('{"tag": "VCALENDAR"}')
    for number in range(objects):
        (calendar / f"{number}.ics").write_bytes(text(number).encode())


def text(number: int, uid: str = "") -> str:
    """Return the n-th object: mostly single meetings, spread over three years around the week that is asked for."""
    start = MONDAY + timedelta(days=(number * 37) % SPREAD_DAYS - SPREAD_DAYS // 2, hours=number % 9)
    rule: tuple[str, ...] = ()
    if number % RECURRING_EVERY == 0:
        rule = ("RRULE:FREQ=WEEKLY" + ("" if number % (2 * RECURRING_EVERY) else ";COUNT=30"),)
    lines = (
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//bench//EN",
        "BEGIN:VEVENT",
        f"UID:{uid or f'object-{number}'}",
        "DTSTAMP:20260101T000000Z",
        f"DTSTART:{start:%Y%m%dT%H%M%SZ}",
        f"DTEND:{start + timedelta(minutes=45):%Y%m%dT%H%M%SZ}",
        *rule,
        f"SUMMARY:Meeting number {number}",
        "DESCRIPTION:" + "What we want to talk about. " * 5,
        "LOCATION:Room 3",
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    )
    return "\r\n".join(lines)


def _against_stock(ours: Ask, stock: Ask) -> Iterator[Row]:
    fresh = count()

    def put_new(ask: Ask) -> Callable[[], object]:
        def put() -> None:
            uid = f"fresh-{next(fresh)}"
            status, _ = ask("PUT", f"/alice/calendar/{uid}.ics", text(1, uid))
            assert status == 201

        return put

    def put_again(ask: Ask) -> Callable[[], object]:
        return lambda: ask(
            "PUT", "/alice/calendar/1.ics", text(next(fresh) * RECURRING_EVERY + 1, "object-1")
        )

    def delta(ask: Ask) -> Callable[[], object]:
        tokens = [_token(ask("REPORT", "/alice/calendar/", SYNC.format(""))[1])]

        def change_and_sync() -> float:
            put_again(ask)()
            started = perf_counter()
            status, answer = ask("REPORT", "/alice/calendar/", SYNC.format(tokens[0]))
            assert status == 207
            assert answer.count("<response>") == 1
            tokens[0] = _token(answer)
            return perf_counter() - started

        return change_and_sync

    size = f", {OBJECTS:,} objects"
    yield _row(f"PUT of a new object{size}", put_new, 50, ours, stock)
    yield _row(f"REPORT of one week with data{size}", _listing("REPORT", WEEK), 60, ours, stock)
    # Once: the stock server takes a second for each thousand objects.
    yield _row(f"one week expanded{size}", _listing("REPORT", EXPANDED), 200, ours, stock, runs=1)
    yield _row(f"free-busy of one week{size}", _listing("REPORT", FREE_BUSY), 100, ours, stock)
    hrefs = "".join(f"<D:href>/alice/calendar/{number}.ics</D:href>" for number in range(min(GOT, OBJECTS)))
    mine, theirs = (_listing("REPORT", MULTIGET.format(hrefs))(ask) for ask in (ours, stock))
    figures = alternate(lambda: seconds_per_call(mine, 10), lambda: seconds_per_call(theirs, 3), RUNS)
    yield faster(f"multiget of {min(GOT, OBJECTS)}{size}", *figures, 1)
    yield _row(f"ctag{size}", _listing("PROPFIND", PROPFIND.format("<CS:getctag/>")), 50, ours, stock)
    yield _row(f"sync token{size}", _listing("PROPFIND", PROPFIND.format("<sync-token/>")), 50, ours, stock)
    changed, theirs_changed = delta(ours), delta(stock)
    figures = alternate(lambda: float(str(changed())), lambda: float(str(theirs_changed())), RUNS)
    yield faster(f"sync of one change{size}", *figures, 50 * SHARE)


def _listing(method: str, body: str) -> Callable[[Ask], Callable[[], object]]:
    def make(ask: Ask) -> Callable[[], object]:
        def call() -> None:
            status, _ = ask(method, "/alice/calendar/", body)
            assert status in (200, 207), "a refusal is quick and must not count"

        return call

    return make


def _writing(ours: Path, stock: Path) -> Row:
    """Let one client in each of several homes write into an empty calendar; the rate of all together counts."""
    fresh = count()

    def per_s(ask_as: Callable[[str], Ask]) -> float:
        asks = {f"home{number}": ask_as(f"home{number}") for number in range(HOMES)}
        objects = [f"new-{next(fresh)}" for _ in range(15)]

        def write(home: str) -> None:
            for uid in objects:
                status, _ = asks[home]("PUT", f"/{home}/calendar/{uid}.ics", text(1, uid))
                assert status == 201

        started = perf_counter()
        with ThreadPoolExecutor(HOMES) as threads:
            list(threads.map(write, asks))
        return HOMES * len(objects) / (perf_counter() - started)

    for root in (ours, stock):
        for number in range(HOMES):
            calendar = root / "collection-root" / f"home{number}" / "calendar"
            calendar.mkdir(parents=True)
            (calendar / ".Radicale.props").write_text('{"tag": "VCALENDAR"}')
    mine, theirs = _plugin(ours), _stock_application(stock)
    figures = alternate(
        lambda: per_s(lambda home: _asking(mine, {USER: home})),
        lambda: per_s(lambda home: _asking(theirs, {"HTTP_X_REMOTE_USER": home})),
    )
    return at_least(f"PUTs of {HOMES} clients in {HOMES} homes", *figures, 1)


def _row(
    name: str,
    make: Callable[[Ask], Callable[[], object]],
    bar: float,
    ours: Ask,
    stock: Ask,
    *,
    runs: int = RUNS,
) -> Row:
    mine, theirs = make(ours), make(stock)
    mine()
    if runs > 1:
        theirs()
    figures = alternate(lambda: seconds_per_call(mine, 10), lambda: seconds_per_call(theirs, 1), runs)
    return faster(name, *figures, bar * SHARE)


def _start_and_memory(root: Path) -> Iterator[Row]:
    started = perf_counter()
    ask = _ours(root)
    status, _ = ask("PROPFIND", "/alice/calendar/", PROPFIND.format("<getetag/>"), depth="1")
    assert status == 207
    took = perf_counter() - started
    yield below(f"start and first PROPFIND, no cache at all, {ALONE:,} objects", took, 5)
    del ask
    gc.collect()
    tracemalloc.start()
    index = Index(root / "collection-root", lambda _: "UTC")
    index.load()
    gc.collect()
    used = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    calendar = index.get("alice/calendar")
    assert calendar is not None
    stored = sum(len(entry.times) // 2 for entry in calendar.entries.values())
    allowed = 1_000 * ALONE + 32 * stored
    yield below(
        f"memory, {ALONE:,} objects with {stored:,} occurrences", used / 1e6, allowed / 1e6, unit=" MB"
    )


def _index(root: Path) -> Iterator[Row]:
    index = Index(root / "collection-root", lambda _: "UTC")
    index.load()
    calendar = index.get("alice/calendar")
    assert calendar is not None
    single = itertools.cycle([text(number, "object-1").encode() for number in range(1, RECURRING_EVERY)])
    all_series = [text(number * RECURRING_EVERY, "object-0").encode() for number in (1, 3, 5)]
    series = itertools.cycle(all_series)

    def update(href: str, texts: Iterator[bytes]) -> None:
        calendar.apply(href, calendar.read(href, next(texts), 0.0))

    whole = _best(lambda: update("1.ics", single), 300)
    scanning = _best(lambda: scan(next(single).decode()), 300)
    yield below("index update, single meeting, beyond scanning", whole - scanning, 50e-6)
    stored = [len(calendar.read("0.ics", data, 0.0).times) // 2 for data in all_series]
    took = _best(lambda: update("0.ics", series), 3 * len(stored))
    name = f"index update, series, per stored occurrence of {sum(stored) // len(stored)}"
    yield below(name, took * len(stored) / sum(stored), 8e-6)


def _holds(root: Path) -> Iterator[Row]:
    application = _plugin(root)
    ask = _asking(application, {USER: "alice"})
    every = PROPFIND.format("<getetag/>")
    reads: list[Callable[[], object]] = [
        _listing("REPORT", WEEK)(ask),
        _listing("REPORT", EXPANDED)(ask),
        _listing("REPORT", SYNC.format(""))(ask),
        lambda: ask("PROPFIND", "/alice/calendar/", every, depth="1"),
    ]
    yield from held(
        application.storage, reads, lambda uid: ask("PUT", f"/alice/calendar/{uid}.ics", text(1, uid))
    )


def _best(function: Callable[[], object], calls: int) -> float:
    """Return the seconds of one call where nothing stands beside the figure that would share the machine's noise."""
    return min(seconds_per_call(function, calls) for _ in range(15))


def _plugin(root: Path) -> radicale_plugin.Application:
    return radicale_plugin.make(root, lambda _: "UTC", lambda _: (), lambda _: True)


def _ours(root: Path) -> Ask:
    return _asking(_plugin(root), {USER: "alice"})


def _stock_application(root: Path) -> Application:
    configuration = config.load()
    stock: dict[str, dict[str, Any]] = {
        "auth": {"type": "http_x_remote_user", "delay": 0},
        "rights": {"type": "owner_only"},
        "storage": {"filesystem_folder": str(root)},
        "web": {"type": "none"},
    }
    configuration.update(stock, "bench", privileged=True)
    return Application(configuration)


def _stock(root: Path) -> Ask:
    application = _stock_application(root)
    # The first look at every object fills the item cache, the first token the history; their fsyncs are no part of what is compared.
    storage = application._storage
    assert isinstance(storage, multifilesystem.Storage)
    storage._filesystem_fsync = False
    for calendar in storage.discover("/alice/calendar/"):
        assert isinstance(calendar, multifilesystem.Collection)
        assert len(list(calendar.get_all())) == OBJECTS
        calendar.sync()
    storage._filesystem_fsync = True
    return _asking(application, {"HTTP_X_REMOTE_USER": "alice"})


def _asking(application: Callable[..., Iterable[bytes]], who: dict[str, str]) -> Ask:
    def ask(method: str, path: str, body: str = "", depth: str = "0") -> tuple[int, str]:
        content = body.encode()
        environ: dict[str, Any] = {
            "REQUEST_METHOD": method,
            "PATH_INFO": path,
            "SCRIPT_NAME": "",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "CONTENT_LENGTH": str(len(content)),
            "HTTP_DEPTH": depth,
            "wsgi.input": io.BytesIO(content),
            "wsgi.errors": sys.stderr,
            "wsgi.url_scheme": "http",
            **who,
        }
        statuses: list[str] = []
        answer = b"".join(application(environ, lambda status, _: statuses.append(status)))
        return int(statuses[0].split()[0]), answer.decode()

    return ask


def _token(answer: str) -> str:
    return answer.partition("<sync-token>")[2].partition("</sync-token>")[0]
