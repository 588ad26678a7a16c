"""What leaves the house: mails, later webhooks."""
