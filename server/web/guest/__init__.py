"""The pages a guest sees: profile, booking page, confirmation, manage page."""
