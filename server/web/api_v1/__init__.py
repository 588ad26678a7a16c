"""The JSON face /v1. This module is its site map."""

from aiohttp import web

from server.web.answers import Answers
from server.web.api_v1 import availability, bookings, challenge, changes, event_type_routes, ics
from server.web.api_v1.slot_json import SlotJson


def routes() -> list[web.RouteDef]:
    """Return every route of /v1."""
    return [
        web.get("/v1/availability", availability.get),
        web.get("/v1/challenge", challenge.get),
        web.get("/v1/event-types", event_type_routes.list_),
        web.post("/v1/event-types", event_type_routes.post),
        web.get("/v1/event-types/{id}", event_type_routes.get),
        web.patch("/v1/event-types/{id}", event_type_routes.patch),
        web.delete("/v1/event-types/{id}", event_type_routes.delete),
        web.get("/v1/event-types/{id}/availability", event_type_routes.get_rules),
        web.put("/v1/event-types/{id}/availability", event_type_routes.put_rules),
        web.post("/v1/bookings", bookings.post),
        web.get("/v1/bookings", bookings.list_),
        web.get("/v1/bookings/{id}", bookings.get),
        web.get("/v1/bookings/{id}/ics", ics.get),
        web.patch("/v1/bookings/{id}", changes.patch),
        web.post("/v1/bookings/{id}/cancel", changes.post_cancel),
        web.post("/v1/bookings/{id}/reschedule", changes.post_reschedule),
        web.post("/v1/bookings/{id}/confirm", changes.post_confirm),
        web.post("/v1/bookings/{id}/decline", changes.post_decline),
        web.post("/v1/bookings/{id}/attendees", changes.post_attendee),
        web.delete("/v1/bookings/{id}/attendees", changes.delete_attendee),
        web.post("/v1/bookings/{id}/attended", changes.post_attended),
        web.post("/v1/bookings/{id}/no-show", changes.post_no_show),
        web.post("/v1/bookings/{id}/manage-link", changes.post_manage_link),
    ]


def furnish(app: web.Application) -> None:
    """Give the application what the handlers of /v1 find on it."""
    app[availability.ANSWERS] = Answers()
    app[availability.SLOTS] = SlotJson()
