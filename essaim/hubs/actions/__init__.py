"""What is done in and to hubs, by subject."""
