"""From SQLite to PostgreSQL, every row, checked row by row, in one transaction."""

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

import environ
from django.apps import apps
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connections, models, transaction

TARGET = "target"
BATCH = 1000


class CannotMove(Exception):
    pass


def connect(url: str) -> None:
    """Adds the PostgreSQL database as the connection `target`."""
    address: dict[str, Any] = environ.Env.db_url_config(url)  # type: ignore[no-untyped-call]
    if "postgresql" not in address.get("ENGINE", ""):
        raise CannotMove("The address must begin with postgres://")
    defaults = dict(connections["default"].settings_dict)
    for name in ("TIME_ZONE", "CONN_HEALTH_CHECKS", "AUTOCOMMIT", "ATOMIC_REQUESTS", "TEST"):
        address.setdefault(name, defaults[name])
    connections.databases[TARGET] = address | {"CONN_MAX_AGE": 0, "OPTIONS": {}}


def move(tell: Callable[[str, int], None]) -> int:
    """Copies all tables to the empty database `target`; answers how many rows moved."""
    call_command("migrate", database=TARGET, verbosity=0, interactive=False)
    tables = list(_models())
    if any(_rows(model, TARGET).exists() for model in tables if _is_ours(model)):
        raise CannotMove("The PostgreSQL database already holds data: give an empty one.")
    with transaction.atomic(using=TARGET):
        for model in reversed(tables):
            if not _is_ours(model):
                # `migrate` put its own lines in tables of the framework.
                _rows(model, TARGET).all().delete()
        total = 0
        for model in tables:
            count = _copy(model)
            tell(model._meta.db_table, count)
            total += count
        _reset_counters(tables)
    for model in tables:
        _compare(model)
    return total


def _models() -> Iterator[type[models.Model]]:
    for model in apps.get_models(include_auto_created=True):
        if model._meta.managed and not model._meta.proxy:
            yield model


def _is_ours(model: type[models.Model]) -> bool:
    return model._meta.app_label not in {"contenttypes", "auth", "sites"}


def _rows(model: type[models.Model], using: str) -> models.QuerySet[Any]:
    return model._base_manager.using(using)


def _copy(model: type[models.Model]) -> int:
    rows = _rows(model, "default").order_by("pk").iterator(chunk_size=BATCH)
    count = 0
    while batch := list(islice(rows, BATCH)):
        # Foreign keys are checked at commit: the order of tables does not matter.
        _rows(model, TARGET).bulk_create(batch)
        count += len(batch)
    return count


def _reset_counters(tables: list[type[models.Model]]) -> None:
    target = connections[TARGET]
    with target.cursor() as cursor:
        for statement in target.ops.sequence_reset_sql(no_style(), tables):
            cursor.execute(statement)


def _compare(model: type[models.Model]) -> None:
    names = [field.attname for field in model._meta.concrete_fields]
    there = _rows(model, TARGET).values_list(*names)
    here = _rows(model, "default").values_list(*names)
    if _fingerprint(here) != _fingerprint(there):
        raise CannotMove(f"{model._meta.db_table} differs after the copy. Start again, empty.")


def _fingerprint(rows: models.QuerySet[Any, Any]) -> int:
    """A figure of all rows together, whatever their order, without holding them in memory."""
    total = 0
    for row in rows.iterator(chunk_size=BATCH):
        total = (total + hash(repr(row))) % (1 << 61)
    return total
