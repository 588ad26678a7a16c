"""Knows how every write to the storage is told to those who asked, in the order in which it happened."""

import logging
import threading
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Change:
    """One object that was written, replaced or removed.

    `calendar` is the collection's path ("/alice/calendar/"). Etags and texts are None where there was or is
    no object. `intent` names the booking operation that wrote it and is None for everybody else's writes.
    """

    home: str
    calendar: str
    href: str
    uid: str
    old_etag: str | None
    new_etag: str | None
    old_text: str | None
    new_text: str | None
    user: str
    intent: str | None = None


Listener = Callable[[Change], None]


class ChangeFeed:
    """Changes are recorded while the storage lock is held and delivered after it is released.

    Listeners run one at a time, in commit order, in the thread that wrote (or one that wrote at the same time).
    They may take the storage lock, but the client waits for them: they hand over and return.
    """

    def __init__(self) -> None:
        self._listeners: tuple[Listener, ...] = ()
        self._recorded: deque[Iterable[Change]] = deque()
        self._delivering = threading.RLock()

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` for every change from now on; returns a function that ends this."""
        self._listeners = (*self._listeners, listener)

        def unsubscribe() -> None:
            self._listeners = tuple(one for one in self._listeners if one is not listener)

        return unsubscribe

    def record(self, change: Change) -> None:
        """Keep a change for delivery; the caller holds the storage lock for writing, which gives the order."""
        self._recorded.append((change,))

    def record_all(self, changes: Iterable[Change]) -> None:
        """Keep many changes at once, which are worked out when they are delivered: the lock is not held for that."""
        self._recorded.append(changes)

    def deliver(self) -> None:
        """Tell the listeners everything recorded so far; the caller holds no lock."""
        while self._recorded:
            with self._delivering:
                if self._recorded:
                    for change in self._recorded.popleft():
                        for listener in self._listeners:
                            _tell(listener, change)


def _tell(listener: Listener, change: Change) -> None:
    try:
        listener(change)
    except Exception:  # noqa: BLE001  (foreign code; whatever it raises, the change is stored)
        # The change is stored: the client who made it is told so, and the next listener hears of it, whatever fails here.
        _log.exception(
            "a listener to changes failed", extra={"calendar": change.calendar, "href": change.href}
        )
