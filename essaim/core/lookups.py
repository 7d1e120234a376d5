"""`among`: like `in` for UUIDs, with one parameter however many there are.

Two hundred candidates in ten queries were two thousand parameters: a fifth of the cost of matching.
"""

import json
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import models


def one_parameter(ids: Iterable[UUID], vendor: str) -> str:
    """All of them, as that database reads them."""
    written = [pk.hex for pk in ids]
    return json.dumps(written) if vendor == "sqlite" else f"{{{','.join(written)}}}"


@models.UUIDField.register_lookup
@models.ForeignKey.register_lookup
class Among(models.Lookup[Any]):
    lookup_name = "among"
    prepare_rhs = False

    def as_sqlite(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        lhs, params = self.process_lhs(compiler, connection)
        ids = one_parameter(self.rhs, "sqlite")
        return f"{lhs} IN (SELECT value FROM json_each(%s))", [*params, ids]  # noqa: S608

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        lhs, params = self.process_lhs(compiler, connection)
        return f"{lhs} = ANY(%s::uuid[])", [*params, one_parameter(self.rhs, "postgresql")]
