"""What the installation is called and where it is reached."""

from dataclasses import dataclass
from urllib.parse import quote


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """The installation, as its settings name it; without `base_url` no absolute link can be made.

    Below `bounce_address` mails come back, each to an address of its own; it is empty where no mail can come in.
    """

    name: str
    base_url: str | None
    mail_address: str
    language: str = "en"
    bounce_address: str = ""

    def link(self, *segments: str) -> str | None:
        """Return the absolute address of a page, each segment quoted; `None` without a base URL."""
        if self.base_url is None:
            return None
        return self.base_url.rstrip("/") + "/" + "/".join(quote(segment, safe="+") for segment in segments)
