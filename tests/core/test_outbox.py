from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from essaim.core import outbox
from essaim.core.models import OutboxRow

pytestmark = pytest.mark.django_db


class Post:
    """A handler that remembers what it did and fails as often as told."""

    def __init__(self) -> None:
        self.done: list[tuple[dict[str, Any], str]] = []
        self.failures = 0

    def __call__(self, payload: dict[str, Any], key: str) -> None:
        if self.failures:
            self.failures -= 1
            raise ConnectionError("the post office is closed")
        self.done.append((payload, key))


@pytest.fixture
def post(monkeypatch: pytest.MonkeyPatch) -> Iterator[Post]:
    handler = Post()
    monkeypatch.setitem(outbox.HANDLERS, "post", handler)
    return handler  # type: ignore[return-value]


def make_due() -> None:
    OutboxRow.objects.filter(done_at__isnull=True).update(due_at=timezone.now())


def test_an_errand_is_done_once(post: Post) -> None:
    outbox.put("post", {"letter": 1}, key="letter:1")

    assert outbox.deliver() == 1
    assert outbox.deliver() == 0
    assert post.done == [({"letter": 1}, "letter:1")]


def test_the_same_key_is_the_same_errand(post: Post) -> None:
    outbox.put("post", {"letter": 1}, key="letter:1")
    outbox.put("post", {"letter": 1}, key="letter:1")

    outbox.deliver()

    assert len(post.done) == 1


def test_an_errand_for_later_waits(post: Post) -> None:
    outbox.put("post", {}, key="later", due_at=timezone.now() + timedelta(hours=1))

    assert outbox.deliver() == 0


def test_a_failure_is_tried_again_later_and_later(post: Post) -> None:
    post.failures = 2
    outbox.put("post", {}, key="letter:1")
    outbox.deliver()
    row = OutboxRow.objects.get()
    first_wait = row.due_at - timezone.now()
    make_due()
    outbox.deliver()
    row.refresh_from_db()
    second_wait = row.due_at - timezone.now()

    assert row.attempts == 2
    assert row.error == "ConnectionError: the post office is closed"
    assert timedelta(0) < first_wait <= outbox.RETRY_AFTER[0] < second_wait
    make_due()
    outbox.deliver()
    assert len(post.done) == 1


def test_after_the_last_attempt_the_errand_is_dead_and_can_be_revived(post: Post) -> None:
    post.failures = len(outbox.RETRY_AFTER) + 1
    outbox.put("post", {}, key="letter:1")
    for _ in range(len(outbox.RETRY_AFTER) + 1):
        make_due()
        outbox.deliver()
    dead = outbox.dead().get()
    make_due()
    assert outbox.deliver() == 0

    assert outbox.revive(dead) is True
    assert outbox.revive(dead) is False  # somebody was faster
    outbox.deliver()
    assert len(post.done) == 1


def test_what_a_dead_worker_held_comes_back(post: Post) -> None:
    outbox.put("post", {}, key="letter:1")
    held = outbox._claim(20)
    assert outbox.deliver() == 0

    OutboxRow.objects.update(claimed_until=timezone.now() - timedelta(seconds=1))

    assert len(held) == 1
    assert outbox.deliver() == 1


def test_a_worker_that_lost_its_claim_does_not_mark_the_row(post: Post) -> None:
    outbox.put("post", {}, key="letter:1")
    [held] = outbox._claim(20)
    OutboxRow.objects.update(claim="00000000-0000-7000-8000-000000000000")

    outbox._do(held)

    assert OutboxRow.objects.get().done_at is None


def test_a_slow_errand_makes_no_other_be_done_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []

    def slow(payload: dict[str, Any], key: str) -> None:
        done.append(key)
        if key == "letter:1":  # meanwhile the claim runs out, and another worker comes by
            others = OutboxRow.objects.exclude(key=key)
            others.update(claimed_until=timezone.now() - timedelta(seconds=1))
            outbox.deliver()

    monkeypatch.setitem(outbox.HANDLERS, "slow", slow)
    for number in (1, 2, 3):
        outbox.put("slow", {}, key=f"letter:{number}")

    outbox.deliver()

    assert sorted(done) == ["letter:1", "letter:2", "letter:3"]


def test_each_errand_is_held_from_when_it_begins(monkeypatch: pytest.MonkeyPatch) -> None:
    held: list[bool] = []

    def look(payload: dict[str, Any], key: str) -> None:
        until = OutboxRow.objects.get(key=key).claimed_until
        held.append(until is not None and until > timezone.now() + outbox.CLAIM / 2)

    monkeypatch.setitem(outbox.HANDLERS, "look", look)
    outbox.put("look", {}, key="letter:1")
    [row] = outbox._claim(20)
    OutboxRow.objects.update(claimed_until=timezone.now() + timedelta(seconds=1))

    outbox._do(row)

    assert held == [True]
