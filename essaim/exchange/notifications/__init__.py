"""What people are told about mutual help, by subject. Imported when the application starts."""

from essaim.exchange.notifications import buzz, encounters, escalation, introductions, needs
from essaim.exchange.notifications import help as help_  # `help` is Python's

__all__ = ["buzz", "encounters", "escalation", "help_", "introductions", "needs"]
