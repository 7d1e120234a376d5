"""What time alone does to mutual help, by subject. Imported when the application starts."""

from essaim.exchange.sweeps import help as help_  # `help` is Python's
from essaim.exchange.sweeps import needs

__all__ = ["help_", "needs"]
