"""Many rows at once: COPY on PostgreSQL, executemany on SQLite; far faster than objects."""

from typing import Any

from django.db import connection, models

FLUSH_EVERY = 5_000


class TableWriter:
    """Collects the rows of one model. What a row does not give has the model's plain default."""

    def __init__(self, model: type[models.Model]) -> None:
        self.table = model._meta.db_table
        self.fields = [
            field
            for field in model._meta.concrete_fields
            if not isinstance(field, models.AutoField)
        ]
        self.defaults = {field.attname: _plain_default(field) for field in self.fields}
        self.rows: list[tuple[Any, ...]] = []
        self.count = 0

    def add(self, **values: Any) -> None:
        given = self.defaults | values
        assert len(given) == len(self.defaults), f"{self.table}: {values.keys() - self.defaults}"
        self.rows.append(
            tuple(field.get_db_prep_save(given[field.attname], connection) for field in self.fields)
        )
        self.count += 1

    def flush(self) -> None:
        if not self.rows:
            return
        columns = ", ".join(connection.ops.quote_name(str(field.column)) for field in self.fields)
        if connection.vendor == "postgresql":
            self._copy(columns)
        else:
            marks = ", ".join(["%s"] * len(self.fields))
            with connection.cursor() as cursor:
                cursor.executemany(
                    f"INSERT INTO {self.table} ({columns}) VALUES ({marks})",  # noqa: S608
                    self.rows,
                )
        self.rows.clear()

    def _copy(self, columns: str) -> None:
        with connection.cursor() as cursor:
            raw: Any = cursor.cursor
            with raw.copy(f"COPY {self.table} ({columns}) FROM STDIN") as copy:
                for row in self.rows:
                    copy.write_row(row)


class Tables:
    """The writers of a build. Flushed in the order in which they were named: parents first."""

    def __init__(self, *ordered: type[models.Model]) -> None:
        self.writers = {model: TableWriter(model) for model in ordered}

    def add(self, model: type[models.Model], **values: Any) -> None:
        self.writers[model].add(**values)

    def flush(self, *, force: bool = False) -> None:
        waiting = sum(len(writer.rows) for writer in self.writers.values())
        if force or waiting >= FLUSH_EVERY:
            for writer in self.writers.values():
                writer.flush()

    @property
    def count(self) -> int:
        return sum(writer.count for writer in self.writers.values())


def _plain_default(field: models.Field[Any, Any]) -> Any:
    """Moments and ids are never defaults here: the same seed must give the same rows."""
    if not field.has_default():
        return None if field.null else ""
    default = field.default
    return default() if default in (dict, list) else None if callable(default) else default
