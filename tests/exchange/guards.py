"""Lifts the ledger's guards around the emptying of the test database, and lays them again.

The guards know no exception, so that nothing in production can ask for one. Tests that commit
(`transaction=True`) end with Django's flush, which empties every table: the migration's own two
functions stand around it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module

from django.db import connection

migration = import_module("essaim.exchange.migrations.0006_ledger_guards")


@contextmanager
def lifted() -> Iterator[None]:
    with connection.schema_editor() as editor:
        migration.lift(None, editor)
    yield
    with connection.schema_editor() as editor:
        migration.lay(None, editor)
