"""The ledger guards itself, on both databases, whoever writes: program, shell or administrator.

Reversible: going back lifts the guards and changes no row. A later migration that rebuilds one of
the three tables on SQLite must run `lift` before and `lay` after: SQLite drops the triggers of a
rebuilt table, and refuses to rename a table that a trigger of another one reads.
"""

from django.db import migrations

# What a new row must satisfy: (what the refusal says, the condition that must NOT hold).
# `{same}` is "equal, or both empty" in the words of the database.
REFUSED_ROWS = (
    (
        "L8: both accounts must be open",
        """EXISTS (SELECT 1 FROM exchange_account a
            WHERE a.id IN (NEW.payer_id, NEW.payee_id) AND a.closed_at IS NOT NULL)""",
    ),
    (
        "L9: a transfer carries the hives of its accounts",
        """NOT EXISTS (SELECT 1 FROM exchange_account payer, exchange_account payee
            WHERE payer.id = NEW.payer_id AND payee.id = NEW.payee_id
            AND payer.hub_id {same} NEW.hub_from_id AND payee.hub_id {same} NEW.hub_to_id)""",
    ),
    (
        "L5: a reversal repeats its row with the parties swapped, and reverses no reversal",
        """NEW.reverses_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM exchange_transfer r
            WHERE r.id = NEW.reverses_id AND r.kind <> 'reversal' AND r.minutes = NEW.minutes
            AND r.payer_id = NEW.payee_id AND r.payee_id = NEW.payer_id
            AND r.exchange_id {same} NEW.exchange_id)""",
    ),
    (
        "L10: help is counted once its exchange is confirmed, between its two people",
        """NEW.kind = 'help' AND NOT EXISTS (
            SELECT 1 FROM exchange_helpexchange e, exchange_account payer, exchange_account payee
            WHERE e.id = NEW.exchange_id AND e.state = 'confirmed' AND e.minutes = NEW.minutes
            AND payer.id = NEW.payer_id AND payer.person_id = e.receiver_id
            AND payee.id = NEW.payee_id AND payee.person_id = e.giver_id)""",
    ),
)
CLOSED_WITH_MINUTES = """NEW.closed_at IS NOT NULL AND 0 <> (
    SELECT COALESCE(SUM(CASE WHEN t.payee_id = NEW.id THEN t.minutes ELSE -t.minutes END), 0)
    FROM exchange_transfer t WHERE NEW.id IN (t.payer_id, t.payee_id))"""
MOVED_ACCOUNT = """NOT (OLD.id {same} NEW.id AND OLD.kind {same} NEW.kind
    AND OLD.person_id {same} NEW.person_id AND OLD.hub_id {same} NEW.hub_id)"""

NEVER_CHANGED = "L4: a transfer is never changed, it is reversed"
NEVER_DELETED = "L4: a transfer is never deleted, it is reversed"
ACCOUNT_STAYS = "L9: an account keeps its person and its hive"
CLOSED_AT_ZERO = "L8: a closed account holds nothing"

# SQLite fires no DELETE trigger for the row that INSERT OR REPLACE throws away.
REPLACED = (
    NEVER_CHANGED,
    "EXISTS (SELECT 1 FROM exchange_transfer t WHERE t.id = NEW.id)",
)

SQLITE_TRIGGERS = {
    "ledger_no_update": ("BEFORE UPDATE ON exchange_transfer", [(NEVER_CHANGED, "1")]),
    "ledger_no_delete": ("BEFORE DELETE ON exchange_transfer", [(NEVER_DELETED, "1")]),
    "ledger_new_row": ("BEFORE INSERT ON exchange_transfer", [REPLACED, *REFUSED_ROWS]),
    "ledger_account": (
        "BEFORE UPDATE ON exchange_account",
        [(ACCOUNT_STAYS, MOVED_ACCOUNT), (CLOSED_AT_ZERO, CLOSED_WITH_MINUTES)],
    ),
}
POSTGRES_TRIGGERS = {
    "ledger_no_update": ("BEFORE UPDATE ON exchange_transfer", "ROW", [(NEVER_CHANGED, "TRUE")]),
    "ledger_no_delete": ("BEFORE DELETE ON exchange_transfer", "ROW", [(NEVER_DELETED, "TRUE")]),
    "ledger_no_truncate": (
        "BEFORE TRUNCATE ON exchange_transfer",
        "STATEMENT",
        [(NEVER_DELETED, "TRUE")],
    ),
    "ledger_new_row": ("BEFORE INSERT ON exchange_transfer", "ROW", REFUSED_ROWS),
    "ledger_account": (
        "BEFORE UPDATE ON exchange_account",
        "ROW",
        [(ACCOUNT_STAYS, MOVED_ACCOUNT), (CLOSED_AT_ZERO, CLOSED_WITH_MINUTES)],
    ),
}


def lay(apps, schema_editor):
    statements = (
        _postgres() if schema_editor.connection.vendor == "postgresql" else _sqlite()
    )
    for statement in statements:
        schema_editor.execute(statement)


def lift(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for name, (event, _, _) in POSTGRES_TRIGGERS.items():
            table = event.rpartition(" ")[2]
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {name} ON {table}")
            schema_editor.execute(f"DROP FUNCTION IF EXISTS {name}()")
    else:
        for name in SQLITE_TRIGGERS:
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {name}")


def _sqlite():
    for name, (event, refusals) in SQLITE_TRIGGERS.items():
        body = "\n".join(
            f"SELECT RAISE(ABORT, '{said}') WHERE {condition.format(same='IS')};"
            for said, condition in refusals
        )
        yield f"CREATE TRIGGER {name} {event} FOR EACH ROW BEGIN\n{body}\nEND"


def _postgres():
    for name, (event, each, refusals) in POSTGRES_TRIGGERS.items():
        body = "\n".join(
            f"IF {condition.format(same='IS NOT DISTINCT FROM')} THEN\n"
            f"RAISE EXCEPTION '{said}' USING ERRCODE = 'integrity_constraint_violation';\n"
            "END IF;"
            for said, condition in refusals
        )
        answer = "NULL" if each == "STATEMENT" else "OLD" if "DELETE" in event else "NEW"
        yield (
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$\n"
            f"BEGIN\n{body}\nRETURN {answer};\nEND $$"
        )
        yield (
            f"CREATE TRIGGER {name} {event} FOR EACH {each} EXECUTE FUNCTION {name}()"
        )


class Migration(migrations.Migration):
    dependencies = [("exchange", "0005_disputed_minutes")]

    operations = [migrations.RunPython(lay, lift)]
