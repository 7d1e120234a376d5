from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from essaim.core import outbox
from essaim.core.duties import DUTIES
from essaim.core.models import Duty, OutboxRow
from tests.factories import make_administrator, make_director, make_person

pytestmark = pytest.mark.django_db


def make_dead(key: str = "mail:1") -> OutboxRow:
    return OutboxRow.objects.create(
        kind="mail",
        key=key,
        attempts=6,
        dead_at=timezone.now(),
        error="SMTPServerDisconnected: Connection unexpectedly closed",
    )


def run_duty(minutes_ago: int) -> Duty:
    now = timezone.now()
    name = next(iter(DUTIES))
    return Duty.objects.create(
        name=name, due_at=now, last_run_at=now - timedelta(minutes=minutes_ago)
    )


def read(client: Client) -> str:
    client.force_login(make_administrator(language="en"))
    client.cookies["django_language"] = "en"
    return client.get("/machine/").content.decode()


def test_only_administrators_see_it(client: Client) -> None:
    for person in (make_person(), make_director()):
        client.force_login(person)
        assert client.get("/machine/").status_code == 404


def test_what_failed_for_good_is_shown_with_its_error(client: Client) -> None:
    make_dead()
    assert "SMTPServerDisconnected" in read(client)


def test_nothing_failed_is_said_kindly(client: Client) -> None:
    OutboxRow.objects.create(kind="mail", key="mail:2", done_at=timezone.now(), error="KeyError")
    page = read(client)
    assert "Everything has left" in page
    assert "KeyError" not in page


def test_a_dead_errand_is_put_back(client: Client) -> None:
    row = make_dead()
    client.force_login(make_administrator())

    client.post(f"/machine/{row.pk}/")

    row.refresh_from_db()
    assert (row.dead_at, row.attempts) == (None, 0)
    assert list(outbox.waiting(timezone.now())) == [row]


def test_others_cannot_put_an_errand_back(client: Client) -> None:
    row = make_dead()
    client.force_login(make_director())
    assert client.post(f"/machine/{row.pk}/").status_code == 404
    row.refresh_from_db()
    assert row.dead_at is not None


@pytest.mark.parametrize(
    ("minutes", "said"),
    [(2, "Everything runs"), (11, "Nothing has worked in the background since")],
)
def test_a_sleeping_worker_is_told(client: Client, minutes: int, said: str) -> None:
    run_duty(minutes)
    page = read(client)
    assert said in page
    assert page.count("the background since") + page.count("Everything runs") == 1


def test_a_duty_is_said_in_words(client: Client) -> None:
    duty = run_duty(2)
    page = read(client)
    assert str(DUTIES[duty.name].words) in page
    assert duty.name not in page


def test_how_many_things_a_duty_did_is_told(client: Client) -> None:
    duty = run_duty(2)
    Duty.objects.filter(pk=duty.pk).update(last_count=41)
    assert '<td class="num" data-label="Things done">41</td>' in read(client)


def test_a_worker_that_never_ran_is_told(client: Client) -> None:
    assert "has ever worked in the background" in read(client)


@pytest.mark.parametrize("rows", [1, 3])
def test_queries_do_not_grow(client: Client, django_assert_num_queries: Any, rows: int) -> None:
    for number in range(rows):
        make_dead(f"mail:{number}")
    client.force_login(make_administrator())
    with django_assert_num_queries(8):
        client.get("/machine/")
