"""When a mail that did not get through is tried again."""

from hashlib import sha256

from server.ports import QueuedMail

DELAYS_S = (60, 300, 900, 3600, 3 * 3600, 6 * 3600, 12 * 3600, 24 * 3600)
ATTEMPTS_MAX = 20
JITTER = 0.15
SHORTEST_S = 60


def delay_s(mail: QueuedMail, now: int) -> int:
    """Return the seconds until the next attempt: from a minute to a day, rising with the attempts.

    It is spread by up to 15 % each way, the same for the same attempt. Before its meeting a mail gets at least a chance
    halfway: one that is due in two hours does not wait for three.
    """
    delay = DELAYS_S[min(mail.attempts, len(DELAYS_S) - 1)]
    digest = sha256(f"{mail.id}:{mail.attempts}".encode()).digest()
    spread = 1 + JITTER * (int.from_bytes(digest[:4], "big") / 2**31 - 1)
    halfway = max(SHORTEST_S, (mail.expires_at - now) // 2)
    return min(round(delay * spread), halfway)


def is_last(mail: QueuedMail) -> bool:
    """Tell whether the attempt that just failed was the last one a mail gets."""
    return mail.attempts + 1 >= ATTEMPTS_MAX
