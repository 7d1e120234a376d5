"""What time alone does to mutual help, by subject. Imported when the application starts."""

from essaim.exchange.sweeps import (
    asks,
    buzz,
    encounters,
    escalation,
    friday,
    introductions,
    letters,
    nudges,
    silences,
)
from essaim.exchange.sweeps import help as help_  # `help` is Python's

__all__ = [
    "asks",
    "buzz",
    "encounters",
    "escalation",
    "friday",
    "help_",
    "introductions",
    "letters",
    "nudges",
    "silences",
]
