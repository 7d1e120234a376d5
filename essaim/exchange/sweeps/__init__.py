"""What time alone does to mutual help, by subject. Imported when the application starts."""

from essaim.exchange.sweeps import needs

__all__ = ["needs"]
