from importlib import import_module

from django.apps import AppConfig

# What registers itself by being read: messages, figures, and duties that the worker runs.
REGISTERED = ("notifications", "index", "sweeps", "figures", "quiet_hours")


class ExchangeConfig(AppConfig):
    name = "essaim.exchange"

    def ready(self) -> None:
        for module in REGISTERED:
            import_module(f"{self.name}.{module}")
