"""What people are told about mutual help, by subject. Imported when the application starts."""

from essaim.exchange.notifications import (
    buzz,
    encounters,
    escalation,
    friday,
    introductions,
    needs,
    nudges,
    silences,
)
from essaim.exchange.notifications import help as help_  # `help` is Python's

__all__ = [
    "buzz",
    "encounters",
    "escalation",
    "friday",
    "help_",
    "introductions",
    "needs",
    "nudges",
    "silences",
]
