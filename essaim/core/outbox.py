"""What must happen outside, after commit: written as rows, done by a worker, at least once.

    outbox.put("mail", {"notice": str(notice.pk)}, key=f"mail:{notice.pk}")

Each kind has one handler. A handler that fails is tried again later and later, and after the last
attempt the row is dead: an administrator sees it, mends the cause, and puts it back.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from essaim.core.models import OutboxRow

logger = logging.getLogger(__name__)

Handler = Callable[[dict[str, Any], str], None]
HANDLERS: dict[str, Handler] = {}

RETRY_AFTER = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=12),
)
# A worker that dies while it works gives its rows back after this time.
CLAIM = timedelta(minutes=5)


class Later(Exception):
    """Raised by a handler whose time has not come: the errand comes back then, as if untouched."""

    def __init__(self, at: datetime) -> None:
        super().__init__(f"not before {at}")
        self.at = at


def handler(kind: str) -> Callable[[Handler], Handler]:
    def register(function: Handler) -> Handler:
        assert kind not in HANDLERS, f"two handlers for {kind}"
        HANDLERS[kind] = function
        return function

    return register


def put(kind: str, payload: dict[str, Any], *, key: str, due_at: datetime | None = None) -> None:
    """Adds a row; a second one with the same key is the same errand and changes nothing."""
    row = OutboxRow(kind=kind, payload=payload, key=key, due_at=due_at or timezone.now())
    OutboxRow.objects.bulk_create([row], ignore_conflicts=True)


def put_all(kind: str, payloads: dict[str, dict[str, Any]]) -> None:
    """Many errands of a kind at once, by key."""
    rows = [OutboxRow(kind=kind, payload=payload, key=key) for key, payload in payloads.items()]
    OutboxRow.objects.bulk_create(rows, ignore_conflicts=True)


def waiting(now: datetime) -> QuerySet[OutboxRow]:
    return OutboxRow.objects.filter(
        Q(claimed_until__isnull=True) | Q(claimed_until__lt=now),
        done_at__isnull=True,
        dead_at__isnull=True,
        due_at__lte=now,
    )


def dead() -> QuerySet[OutboxRow]:
    return OutboxRow.objects.filter(dead_at__isnull=False).order_by("-dead_at")


def revive(row: OutboxRow) -> bool:
    """Gives a dead row its attempts back; False when somebody already did."""
    return bool(
        OutboxRow.objects.filter(pk=row.pk, dead_at__isnull=False).update(
            dead_at=None, attempts=0, due_at=timezone.now(), claim=None, claimed_until=None
        )
    )


def deliver(*, limit: int = 20) -> int:
    """Does up to `limit` waiting errands; tells how many it took."""
    rows = _claim(limit)
    for row in rows:
        _do(row)
    return len(rows)


def _claim(limit: int) -> list[OutboxRow]:
    now, claim = timezone.now(), uuid4()
    ids = list(waiting(now).order_by("due_at").values_list("pk", flat=True)[:limit])
    if not ids:
        return []
    # The condition is asked again by the UPDATE: another worker may have been faster.
    waiting(now).filter(pk__in=ids).update(claim=claim, claimed_until=now + CLAIM)
    return list(OutboxRow.objects.filter(claim=claim).order_by("due_at"))


def _do(row: OutboxRow) -> None:
    mine = OutboxRow.objects.filter(pk=row.pk, claim=row.claim)
    # The errands before may have taken long: another worker counts from now, or has taken it.
    if not mine.update(claimed_until=timezone.now() + CLAIM):
        return
    try:
        HANDLERS[row.kind](row.payload, row.key)
    except Later as later:
        mine.update(due_at=later.at, claim=None, claimed_until=None)
    except Exception as error:
        logger.exception("outbox %s %s failed", row.kind, row.key)
        mine.update(**_after_failure(row, error))
    else:
        mine.update(done_at=timezone.now(), claimed_until=None, error="")


def _after_failure(row: OutboxRow, error: Exception) -> dict[str, Any]:
    now = timezone.now()
    changes: dict[str, Any] = {
        "attempts": F("attempts") + 1,
        "claim": None,
        "claimed_until": None,
        "error": f"{type(error).__name__}: {error}"[:2000],
    }
    if row.attempts < len(RETRY_AFTER):
        return changes | {"due_at": now + RETRY_AFTER[row.attempts]}
    return changes | {"dead_at": now}
