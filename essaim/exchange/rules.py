"""Who may do what to needs and asks."""

from typing import Any

from essaim.exchange.models import Need
from essaim.hubs.rules import hosts_hub


def may_ask_for(person: Any, need: Need) -> bool:
    """The author, and the hosts of its hive."""
    return person.pk == need.author_id or hosts_hub(person, need.hub_id)


may_close = may_ask_for
