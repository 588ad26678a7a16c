"""The pages a guest sees: profile, booking page, form, confirmation, manage page. `routes()` is their site map."""

from aiohttp import web

from server.web.answers import Answers
from server.web.guest import (
    address,
    book,
    cancel,
    companions,
    download,
    landing,
    manage,
    pick,
    profile,
    reschedule,
    seat,
)
from server.web.guest.offered import unless_over

ONE = r"/b/{slug}/manage/{token}/on/{date:\d{4}-\d{2}-\d{2}}"


def routes() -> list[web.AbstractRouteDef]:
    """Return the site map of the guest pages."""
    return [
        web.get("/", landing.show),
        # Choosing and booking
        web.get("/u/{home}", profile.show),
        web.get("/u/{home}/{slug}", pick.show),
        web.get("/u/{home}/{slug}/book", book.ask),
        web.post("/u/{home}/{slug}/book", book.submit),
        # The same with teams
        web.get("/team/{team}", profile.show_team),
        web.get("/team/{team}/{slug}", pick.show),
        web.get("/team/{team}/{slug}/book", book.ask),
        web.post("/team/{team}/{slug}/book", book.submit),
        # The same by invite
        web.get("/i/{token}", unless_over(pick.show)),
        web.get("/i/{token}/book", unless_over(book.ask)),
        web.post("/i/{token}/book", unless_over(book.submit)),
        # One booking, for whoever holds its link
        web.get("/b/{slug}/manage/{token}", manage.show),
        web.get("/b/{slug}/manage/{token}/booked", manage.show_booked),
        web.get("/b/{slug}/manage/{token}/moved", manage.show_moved),
        web.get("/b/{slug}/manage/{token}/changed", manage.show_changed),
        web.get("/b/{slug}/manage/{token}/booking.ics", download.send),
        web.get("/b/{slug}/address/{token}", address.ask),
        web.post("/b/{slug}/address/{token}", address.submit),
        web.get("/b/{slug}/manage/{token}/cancel", cancel.ask),
        web.post("/b/{slug}/manage/{token}/cancel", cancel.submit),
        web.get("/b/{slug}/manage/{token}/guests", companions.show),
        web.post("/b/{slug}/manage/{token}/guests", companions.add),
        web.post("/b/{slug}/manage/{token}/guests/{person:[0-9]{1,6}}/remove", companions.remove),
        web.get("/b/{slug}/manage/{token}/leave", companions.ask_to_leave),
        web.post("/b/{slug}/manage/{token}/leave", companions.leave),
        web.get("/b/{slug}/manage/{token}/seat", seat.show),
        web.post("/b/{slug}/manage/{token}/seat", seat.take),
        web.get("/b/{slug}/manage/{token}/reschedule", reschedule.pick),
        web.get("/b/{slug}/manage/{token}/reschedule/confirm", reschedule.ask),
        web.post("/b/{slug}/manage/{token}/reschedule/confirm", reschedule.submit),
        # One meeting of a series, by the day of its original start
        web.get(f"{ONE}/cancel", cancel.ask),
        web.post(f"{ONE}/cancel", cancel.submit),
        web.get(f"{ONE}/reschedule", reschedule.pick),
        web.get(f"{ONE}/reschedule/confirm", reschedule.ask),
        web.post(f"{ONE}/reschedule/confirm", reschedule.submit),
    ]


def furnish(app: web.Application) -> None:
    """Give the application what the guest pages find on it."""
    app[pick.ANSWERS] = Answers()
