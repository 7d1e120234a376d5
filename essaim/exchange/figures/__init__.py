"""Figures of mutual help, by subject. Imported when the application starts."""

from essaim.exchange.figures import community, encounters, ladder
from essaim.exchange.figures import help as help_  # `help` is Python's

__all__ = ["community", "encounters", "help_", "ladder"]
