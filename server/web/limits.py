"""How often somebody may ask: one small number per asker, by the generic cell rate algorithm.

The number is the instant at which the asker's allowance is whole again. No timer, no window that starts anew: a burst is
allowed, then one request each `period / count`. Lives in memory; a restart forgives everybody.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil

from server.domain.errors import TooMany, TooManyMails
from server.domain.guards import mailbox
from server.domain.plain import sentence

ASKERS_MAX = 50_000
WRONG_KEYS_PER_MINUTE = 30
"""How many wrong API keys one network may show: nobody guesses 140 bits, but each guess asks the database."""

MANY_MAILS = sentence(
    "The people of this booking have been sent many mails today. Try again later, or ask the host. "
    "The whole booking can still be cancelled by who made it."
)


@dataclass(frozen=True, slots=True)
class Allowance:
    """What an asker may still ask for: so many of `limit` requests, and all of them from `reset_at` on (epoch seconds).

    `window` is the time in which there are so many: "1m", "1h".
    """

    limit: int
    remaining: int
    reset_at: float
    window: str


class Limit:
    """At most `count` within `period_s` for each asker; a `count` of 0 is no limit."""

    def __init__(self, count: int, period_s: int, *, askers_max: int = ASKERS_MAX) -> None:
        self.count = count
        self._period_s = period_s
        self._interval_s = period_s / count if count else 0.0
        self._askers_max = askers_max
        # By hash: what names an asker may be as long as a header, and is chosen by who asks.
        self._whole_at: dict[int, float] = {}

    def wait_s(self, asker: str, now: float) -> int:
        """Count one request of `asker` and return 0, or return after how many seconds it may come; that one is not counted."""
        wait_s = self.would_wait_s(asker, now)
        if wait_s or not self._interval_s:
            return wait_s
        name = hash(asker)
        if name not in self._whole_at and len(self._whole_at) >= self._askers_max:
            self._forget(now)
        self._whole_at[name] = self._whole_after_one(asker, now)
        return 0

    def would_wait_s(self, asker: str, now: float) -> int:
        """Return what `wait_s` would, and count nothing: for limits on what turns out to be wrong."""
        return (
            max(0, ceil(self._whole_after_one(asker, now) - now - self._period_s)) if self._interval_s else 0
        )

    def allowance(self, asker: str, now: float) -> Allowance:
        """Return what `asker` may still ask for."""
        whole_at = max(self._whole_at.get(hash(asker), now), now)
        used = ceil((whole_at - now) / self._interval_s) if self._interval_s else 0
        window = f"{self._period_s // 3_600}h" if self._period_s >= 3_600 else f"{self._period_s // 60}m"
        return Allowance(self.count, max(0, self.count - used), whole_at, window)

    def _whole_after_one(self, asker: str, now: float) -> float:
        return max(self._whole_at.get(hash(asker), now), now) + self._interval_s

    def _forget(self, now: float) -> None:
        self._whole_at = {asker: at for asker, at in self._whole_at.items() if at > now}
        # Everybody is busy: the longest known go, so that a flood of addresses cannot fill the memory.
        while len(self._whole_at) >= self._askers_max:
            del self._whole_at[next(iter(self._whole_at))]


class Limits:
    """The limits of the front end, one per kind of request."""

    def __init__(
        self,
        *,
        pages_per_minute: int,
        changes_per_hour: int,
        mails_per_recipient_per_day: int,
        api_requests_per_minute: int = 0,
    ) -> None:
        self.pages = Limit(pages_per_minute, 60)
        self.changes = Limit(changes_per_hour, 3_600)
        self.keys = Limit(api_requests_per_minute, 60)
        self.wrong_keys = Limit(WRONG_KEYS_PER_MINUTE, 60)
        self._recipients = Limit(mails_per_recipient_per_day, 86_400)

    def count_recipient(self, address: str, now: float) -> None:
        """Count one mail to `address`; raise TooMany when it has been sent too many today.

        Keeps a stranger from flooding somebody's mailbox by booking in their name. What follows a `+` leads to the same
        mailbox at most providers, so it makes no new recipient.
        """
        wait_s = self._recipients.wait_s(mailbox(address), now)
        if wait_s:
            raise TooMany("This mail address has been used for many bookings today.", wait_s)

    def count_recipients(self, addresses: Iterable[str], now: float) -> None:
        """Count one mail to each; raise TooManyMails, as a rule with nothing counted, when one of them has been sent too many."""
        boxes = [mailbox(address) for address in addresses]
        waits = (self._recipients.would_wait_s(box, now) for box in boxes)
        wait_s = max(waits, default=0)
        # Several addresses can lead to one mailbox: only counting tells whether there is room for all of these.
        wait_s = wait_s or max((self._recipients.wait_s(box, now) for box in boxes), default=0)
        if wait_s:
            raise TooManyMails(MANY_MAILS, wait_s)

    def note_recipients(self, addresses: Iterable[str], now: float) -> None:
        """Count one mail to each as far as there is room; for what must not be refused."""
        for address in addresses:
            self._recipients.wait_s(mailbox(address), now)

    def count_phone(self, number: str, now: float) -> None:
        """Count one booking that sends text messages to `number`, as `count_recipient` does mails: each may cost its host money."""
        wait_s = self._recipients.wait_s(number, now)
        if wait_s:
            raise TooMany("This phone number has been used for many bookings today.", wait_s)
