"""Makes Radicale fit for a server that keeps its bookings in calendars."""

import logging
import sys
from collections.abc import Callable, Iterable
from functools import lru_cache
from pathlib import Path

from radicale import config, xmlutils

from radicale_plugin.application import Application
from radicale_plugin.auth import Auth
from radicale_plugin.items import keep_commas
from radicale_plugin.limits import Limits
from radicale_plugin.rights import Rights
from radicale_plugin.storage import Storage

SWITCH_S = 0.00003
"""How long a thread computes before another may: who writes a long answer must not keep the lock's holder, or the event
loop, waiting for Python's usual 5 ms each time that it comes back from the disk."""

__all__ = ["Application", "Limits", "Storage", "make"]


def make(
    folder: Path,
    zone_of: Callable[[str], str],
    addresses_of: Callable[[str], Iterable[str]],
    protected: Callable[[str], bool],
    limits: Limits = Limits(),
    give_way: Callable[[], None] = lambda: None,
) -> Application:
    """Return the WSGI application over the homes below `folder`/collection-root, its storage as `.storage`.

    `zone_of` tells a home's IANA zone and `addresses_of` the mail addresses of its host; `protected` tells which
    calendars, as "alice/calendar", no client may delete. All three are called often and from any thread.
    `give_way` is called between the pieces of a long answer, without the lock, and returns when nobody is kept waiting.
    """
    keep_commas()
    if not hasattr(xmlutils.make_clark, "cache_info"):
        # A pure function with few arguments, which a report over 200 objects calls 3,600 times.
        xmlutils.make_clark = lru_cache(512)(xmlutils.make_clark)
    sys.setswitchinterval(SWITCH_S)
    # Each request is logged once, by the front end.
    logging.getLogger("radicale").setLevel(logging.WARNING)
    (folder / "collection-root").mkdir(parents=True, exist_ok=True)
    configuration = config.load()
    made: list[Storage] = []

    def storage(configuration: config.Configuration) -> Storage:
        # Radicale asks a second time, for its sharing: another storage would read everything again and begin a
        # generation of sync tokens over the one that is given out.
        if not made:
            made.append(Storage(configuration, zone_of, give_way))
        return made[0]

    configuration.update(
        {
            # Requests are delayed in asyncio, where a waiting client costs no thread.
            "auth": {"type": Auth, "delay": 0},
            "server": {
                "delay_on_error": 0,
                "max_resource_size": limits.object_bytes,
                "max_content_length": 2 * limits.object_bytes,
            },
            "rights": {
                "type": lambda configuration: Rights(configuration, lambda: made[0].index, protected),
                "permit_delete_collection": False,
                "permit_overwrite_collection": False,
            },
            "storage": {"type": storage, "filesystem_folder": str(folder)},
            "web": {"type": "none"},
            "reporting": {"max_expand_occurrence": limits.occurrences},
        },
        "daybook",
        privileged=True,
    )
    return Application(configuration, addresses_of, limits)
