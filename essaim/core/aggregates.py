"""What databases do not add up alike: a median, and how unequal shares are.

PostgreSQL is asked in its own words; SQLite calls `essaim.core.sqlite.functions`.
"""

from typing import Any

from django.db.models import Aggregate, FloatField, Func

from essaim.core.inequality import TOP


class HoursBetween(Func):
    """From one moment to a later one, in hours."""

    template = "((JULIANDAY(%(later)s) - JULIANDAY(%(earlier)s)) * 24.0)"
    arity = 2
    output_field = FloatField()

    def as_sql(  # type: ignore[override]
        self, compiler: Any, connection: Any, **context: Any
    ) -> Any:
        earlier, later = self.get_source_expressions()
        said, params = compiler.compile(later)
        before, more = compiler.compile(earlier)
        template = context.get("template", self.template)
        return template % {"later": said, "earlier": before}, [*params, *more]

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        template = "(EXTRACT(EPOCH FROM %(later)s - %(earlier)s)::float8 / 3600.0)"
        return self.as_sql(compiler, connection, template=template)


class _Ours(Aggregate):
    """`function` is the name in SQLite; `on_postgres` what PostgreSQL is asked instead."""

    output_field = FloatField()
    on_postgres = ""

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, template=self.on_postgres, **context)


class Median(_Ours):
    function = "essaim_median"
    name = "Median"
    on_postgres = "PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"


# The values of the group as rows of their own, in their order. An aggregate of the query outside.
_RANKED = (
    "(SELECT {value} FROM (SELECT x::float8 AS x, ROW_NUMBER() OVER (ORDER BY x {order}) AS r,"
    " COUNT(*) OVER () AS n FROM UNNEST(ARRAY_AGG(%(expressions)s)) AS x"
    " WHERE x IS NOT NULL) AS t)"
)


class Gini(_Ours):
    """None when nobody has anything."""

    function = "essaim_gini"
    name = "Gini"
    on_postgres = _RANKED.format(
        value="2 * SUM(r * x) / NULLIF(MAX(n) * SUM(x), 0) - (MAX(n) + 1.0) / MAX(n)", order="ASC"
    )


class TopShare(_Ours):
    """Of the one in twenty who have most; None under twenty."""

    function = "essaim_top_share"
    name = "TopShare"
    on_postgres = _RANKED.format(
        value=f"SUM(x) FILTER (WHERE r <= n / {TOP}) / NULLIF(SUM(x), 0)", order="DESC"
    )
