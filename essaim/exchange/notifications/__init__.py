"""What people are told about mutual help, by subject. Imported when the application starts."""

from essaim.exchange.notifications import help as help_  # `help` is Python's
from essaim.exchange.notifications import needs

__all__ = ["help_", "needs"]
