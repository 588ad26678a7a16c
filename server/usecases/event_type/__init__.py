"""What a host does with event types."""
