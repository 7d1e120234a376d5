"""Actions that touch several apps at once."""
