"""SQLite made safe for several processes: write-ahead log, immediate transactions.

With Django's deferred default, 57 % of read-then-write transactions failed under 16 writers;
with immediate ones, none. See docs/decisions/0002-sqlite.md.
"""

from typing import Any

PRAGMAS = (
    "PRAGMA journal_mode=WAL;"
    "PRAGMA synchronous=NORMAL;"
    "PRAGMA temp_store=MEMORY;"
    "PRAGMA journal_size_limit=67108864;"
    "PRAGMA cache_size=-2000;"
)


def sqlite_options() -> dict[str, Any]:
    return {
        "ENGINE": "essaim.core.sqlite",
        "CONN_MAX_AGE": None,
        "TEST": {"NAME": ":memory:"},
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": PRAGMAS,
        },
    }
