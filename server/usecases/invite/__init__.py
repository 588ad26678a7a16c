"""What hosts do with invites, and what an invite's link opens."""
