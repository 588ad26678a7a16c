"""What happens to a booking: offer, book, cancel, reschedule."""
