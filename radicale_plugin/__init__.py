"""What makes Radicale fit for Daybook: application, storage, index, auth and rights."""
