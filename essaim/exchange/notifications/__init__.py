"""What people are told about mutual help, by subject."""
