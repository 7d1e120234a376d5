from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction

from essaim.exchange import ledger_audit
from essaim.exchange.models import Transfer


class Command(BaseCommand):
    help = (
        "Checks the brain-time ledger (L3, L8, L9, L10, L13); ends with 1 when it finds a breach."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        # The figures and the replay must be those of one moment.
        alone = not connection.in_atomic_block
        with transaction.atomic():
            if alone and connection.vendor == "postgresql":
                connection.cursor().execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            found = ledger_audit.findings()
            count = Transfer.objects.count()
        for line in found:
            self.stderr.write(line)
        if found:
            raise CommandError(f"{len(found)} breaches in {count} transfers")
        self.stdout.write(f"{count} transfers: nothing to say.")
