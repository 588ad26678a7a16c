"""What the templates of an invite's mail are given."""

from dataclasses import dataclass

from server.domain.plain import line, paragraphs
from server.i18n.translator import Translator
from server.ports import InviteLetter


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitePage:
    """One invite's mail. `maker` invites to a meeting with `host`, who may be the same."""

    language: str
    direction: str
    name: str
    maker: str
    host: str
    title: str
    minutes: int
    description: str
    message: str
    until: str
    book_url: str


def invite_page(letter: InviteLetter, speaks: Translator) -> InvitePage:
    """Return the page of an invite for a reader who speaks so; the day on which it ends is that of the host's zone."""
    invite, event_type, host = letter.invite, letter.event_type, letter.host
    return InvitePage(
        language=speaks.language,
        direction=speaks.direction,
        name=line(invite.name),
        maker=line(letter.maker.name),
        host=line(host.name),
        title=line(event_type.title),
        minutes=event_type.duration_min,
        description=paragraphs(event_type.description).strip(),
        message=paragraphs(invite.message).strip(),
        until=speaks.day(invite.expires_at, event_type.zone_name(host)),
        book_url=letter.link,
    )
