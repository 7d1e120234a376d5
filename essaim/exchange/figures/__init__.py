"""Figures of mutual help, by subject. Imported when the application starts."""
