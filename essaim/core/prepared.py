"""Queries whose words are put together once in a process, for what every page asks.

    _counts = Prepared(_query, person=UUID, since=datetime)
    [(unread, asked)] = _counts(person=request.user.pk, since=first_of_month)

`_query(person, since)` makes a `values_list`; a kind `list` is of ids, for `among`. Django takes
one to two milliseconds to write such a query with its subqueries, each time, and only a few values
in it change.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import DateField, DateTimeField, Field, QuerySet, UUIDField

from essaim.core.lookups import one_parameter

Row = tuple[Any, ...]
FIELDS: dict[type, Field[Any, Any]] = {
    UUID: UUIDField(),
    datetime: DateTimeField(),
    date: DateField(),
}


@dataclass(frozen=True)
class _Written:
    """Without a word when the query is empty by its definition: nothing need be asked."""

    sql: str
    params: Row
    # By column, what turns a value of the database into ours.
    readers: dict[int, Callable[[Any], Any]]

    def read(self, row: Row) -> Row:
        values = list(row)
        for column, reader in self.readers.items():
            values[column] = reader(values[column])
        return tuple(values)


class Prepared:
    """The kinds name what changes; everything else in the query must never change."""

    def __init__(self, build: Callable[..., QuerySet[Any, Any]], **kinds: type) -> None:
        self._build = build
        self._kinds = kinds

    def __call__(self, **given: Any) -> list[Row]:
        real = {
            self._stored(name, stand_in): self._stored(name, given[name])
            for name, stand_in in self._stand_ins.items()
        }
        if not self._written.sql:
            return []
        with connection.cursor() as cursor:
            params = [real.get(param, param) for param in self._written.params]
            cursor.execute(self._written.sql, params)
            return [self._written.read(row) for row in cursor.fetchall()]

    @cached_property
    def _stand_ins(self) -> dict[str, Any]:
        """Values that nothing real equals, one for each name."""
        return {
            name: _stand_in(kind, number)
            for number, (name, kind) in enumerate(self._kinds.items(), start=1)
        }

    @cached_property
    def _written(self) -> _Written:
        compiler = self._build(**self._stand_ins).query.get_compiler(DEFAULT_DB_ALIAS)
        try:
            sql, params = compiler.as_sql()
        except EmptyResultSet:
            return _Written("", (), {})
        converters = compiler.get_converters([column for column, *_ in compiler.select])
        readers = {column: _reader(*found) for column, found in converters.items()}
        return _Written(sql, tuple(params), readers)

    def _stored(self, name: str, value: Any) -> Any:
        if self._kinds[name] is list:
            return one_parameter(value, connection.vendor)
        return FIELDS[self._kinds[name]].get_db_prep_value(value, connection)


def _reader(converters: list[Callable[..., Any]], expression: Any) -> Callable[[Any], Any]:
    if connection.vendor == "sqlite" and isinstance(expression.output_field, UUIDField):
        return _uuid_of_sqlite

    def read(value: Any) -> Any:
        for convert in converters:
            value = convert(value, expression, connection)
        return value

    return read


def _uuid_of_sqlite(value: str | None) -> UUID | None:
    """Twice as fast as `UUID(value)`, which first looks for braces and hyphens."""
    return None if value is None else UUID(int=int(value, 16))


def _stand_in(kind: type, number: int) -> Any:
    long_ago = datetime(1900, 1, 1, 1, 2, 3, 456, UTC) + timedelta(days=number)
    nobody = UUID(int=number)
    return {UUID: nobody, list: [nobody], datetime: long_ago, date: long_ago.date()}[kind]
