"""What each model holds about persons, and what becomes of it when one asks to be forgotten.

A model declares `personal_data`; a test refuses a text, JSON, file or address field that is neither
personal nor impersonal. Export and erasure read nothing but these declarations.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from django.apps import apps
from django.db import models


class Erase(Enum):
    EMPTY = "emptied"
    ROW = "the whole row deleted"
    KEEP = "kept, for the reason given"


# Fields of these types hold nothing about a person by themselves (links are named in `of`).
PLAIN_FIELDS = (
    models.AutoField,
    models.BooleanField,
    models.DateField,
    models.DurationField,
    models.ForeignKey,
    models.IntegerField,
    models.DecimalField,
    models.FloatField,
    models.TimeField,
    models.UUIDField,
)


@dataclass(frozen=True)
class PersonalData:
    """`of`: paths that lead to the person (`"author"`, or `"pk"` for the person itself)."""

    of: tuple[str, ...]
    personal: Mapping[str, Erase] = field(default_factory=dict)
    impersonal: tuple[str, ...] = ()
    why: str = ""

    @classmethod
    def none(cls, impersonal: tuple[str, ...] = ()) -> "PersonalData":
        return cls(of=(), impersonal=impersonal)

    def __post_init__(self) -> None:
        assert self.why or Erase.KEEP not in self.personal.values(), "what is kept has a reason"


def declared_models() -> Iterator[type[models.Model]]:
    for model in apps.get_models():
        if model.__module__.startswith("essaim."):
            yield model


def declaration(model: type[models.Model]) -> PersonalData:
    found = getattr(model, "personal_data", None)
    assert isinstance(found, PersonalData), f"{model.__name__} does not declare its personal data"
    return found


def undeclared_fields(model: type[models.Model]) -> list[str]:
    data = declaration(model)
    known = {*data.personal, *data.impersonal}
    return [
        f.name
        for f in model._meta.concrete_fields
        if f.name not in known and not f.choices and not isinstance(f, PLAIN_FIELDS)
    ]


def rows_about(person: models.Model, model: type[models.Model]) -> models.QuerySet[Any]:
    paths = declaration(model).of
    found = [model._base_manager.filter(**{path: person.pk}) for path in paths]
    if len(found) < 2:
        return found[0] if found else model._base_manager.none()
    # One index for each path; joined by OR they would read the whole table.
    return model._base_manager.filter(
        pk__in=found[0].values("pk").union(*(q.values("pk") for q in found[1:]))
    )


def export(person: models.Model) -> dict[str, list[dict[str, Any]]]:
    """Everything the person gave or that is said of them: model name -> rows, ready for JSON."""
    answer: dict[str, list[dict[str, Any]]] = {}
    for label, rows in sources_about(person):
        names = [f.attname for f in rows.model._meta.concrete_fields if f.name != "password"]
        if found := list(rows.values(*names)):
            answer[label] = found
    return answer


def sources_about(person: models.Model) -> Iterator[tuple[str, models.QuerySet[Any]]]:
    for model in declared_models():
        if declaration(model).of:
            yield model._meta.label, rows_about(person, model)


def count(sources: Iterable[tuple[str, models.QuerySet[Any]]]) -> dict[str, int]:
    """How many rows each source holds, in one query; those that hold none are left out."""
    counted = [
        rows.order_by()
        .values(of_kind=models.Value(label, models.CharField()))
        .annotate(n=models.Count("pk"))
        .values_list("of_kind", "n")
        for label, rows in sources
    ]
    found = counted[0].union(*counted[1:], all=True)
    return {label: n for label, n in found if n}


def erase(person: models.Model) -> dict[str, int]:
    """Forgets the person as declared; tells how many rows of each model were touched.

    Call it inside the transaction of the action that also journals the request.
    """
    touched: dict[str, int] = {}
    for model in declared_models():
        data = declaration(model)
        if data.of and set(data.personal.values()) - {Erase.KEEP}:
            touched[model._meta.label] = _erase_rows(person, model, data)
    return {label: count for label, count in touched.items() if count}


def _erase_rows(person: models.Model, model: type[models.Model], data: PersonalData) -> int:
    rows = rows_about(person, model)
    if Erase.ROW in data.personal.values():
        # One by one: a document's file goes with its row.
        count = 0
        for row in rows:
            row.delete()
            count += 1
        return count
    emptied = {
        name: _empty(model, name) for name, how in data.personal.items() if how is Erase.EMPTY
    }
    return rows.update(**emptied)


def _empty(model: type[models.Model], name: str) -> Any:
    f = model._meta.get_field(name)
    assert isinstance(f, models.Field)
    return None if f.null else f.get_default() if f.has_default() else ""
