"""What happens about a booking's own video room."""
