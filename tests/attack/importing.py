"""A run whose one line waits for a decision."""

from essaim.core.models import ImportRun, ImportState
from essaim.hubs.models import Hub
from essaim.people.models import Person


def checked_run(host: Person, hub: Hub) -> ImportRun:
    run = ImportRun.objects.create(
        kind="people", hub_id=hub.pk, owner=host, name="a.csv", state=ImportState.CHECKED, total=1
    )
    run.lines.create(number=2)
    return run
