"""`among`: like `in` for UUIDs, with one parameter however many there are.

Two hundred candidates in ten queries were two thousand parameters: a fifth of the cost of matching.
"""

import json
from typing import Any

from django.db import models


@models.UUIDField.register_lookup
@models.ForeignKey.register_lookup
class Among(models.Lookup[Any]):
    lookup_name = "among"
    prepare_rhs = False

    def as_sqlite(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        lhs, params = self.process_lhs(compiler, connection)
        ids = json.dumps([pk.hex for pk in self.rhs])
        return f"{lhs} IN (SELECT value FROM json_each(%s))", [*params, ids]  # noqa: S608

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        lhs, params = self.process_lhs(compiler, connection)
        ids = ",".join(pk.hex for pk in self.rhs)
        return f"{lhs} = ANY(%s::uuid[])", [*params, f"{{{ids}}}"]
