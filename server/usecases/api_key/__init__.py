"""What is done about and with API keys."""
