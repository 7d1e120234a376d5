"""Days and weeks of a figure are those of its hive."""

from uuid import UUID

from essaim.core.scopes import keep_clock
from essaim.hubs.models import Hub


@keep_clock
def clock_of(hub_id: UUID) -> str:
    return Hub.objects.filter(pk=hub_id).values_list("time_zone", flat=True).first() or ""
