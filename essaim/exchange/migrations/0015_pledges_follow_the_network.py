"""Two, as the network has it, becomes « as the network has it »."""

from typing import Any

from django.db import migrations

USUAL = 2
NAMES = ("max_asks_per_week", "max_parallel")


def follow(apps: Any, schema_editor: Any) -> None:
    pledges = apps.get_model("exchange", "Pledge").objects
    for name in NAMES:
        pledges.filter(**{name: USUAL}).update(**{name: None})


def stand_alone(apps: Any, schema_editor: Any) -> None:
    pledges = apps.get_model("exchange", "Pledge").objects
    for name in NAMES:
        pledges.filter(**{f"{name}__isnull": True}).update(**{name: USUAL})


class Migration(migrations.Migration):
    dependencies = [("exchange", "0014_guards_and_silences")]

    operations = [migrations.RunPython(follow, stand_alone)]
