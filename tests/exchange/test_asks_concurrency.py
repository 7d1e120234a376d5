"""Eight processes at once on the database under test. What breaks here breaks on a Friday."""

import json
import os
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone

from essaim.core.models import Notice
from essaim.exchange.actions import needs
from essaim.exchange.models import (
    Ask,
    HelpExchange,
    Need,
    NeedState,
    Pause,
    Pledge,
    Silence,
    SilenceCause,
)
from essaim.people.models import Person, Skill
from tests.factories import lend, make_ask, make_hub, make_need, make_resident, make_skill

pytestmark = [pytest.mark.concurrency, pytest.mark.django_db(transaction=True)]

Deeds = list[tuple[str, str]]


@contextmanager
def shared_database(folder: Path) -> Iterator[str]:
    """The address of the test database; in memory, SQLite lends a file and takes it back."""
    if connection.vendor == "postgresql":
        known = connection.settings_dict
        yield f"postgres://{known['USER']}@{known['HOST']}:{known['PORT']}/{known['NAME']}"
        return
    connection.ensure_connection()
    file = folder / "shared.sqlite3"
    with sqlite3.connect(file) as copy:
        connection.connection.backup(copy)
        # As every installation is: eight who would each turn the log on lock each other out.
        copy.execute("PRAGMA journal_mode=WAL")
    copy.close()
    yield f"sqlite:///{file}"
    back = sqlite3.connect(file)
    back.backup(connection.connection)
    back.close()


def act_at_once(folder: Path, *deeds: Deeds) -> Counter[str]:
    """Each list of deeds in its own process, all let go at the same moment; what came of them."""
    command = [sys.executable, "-m", "tests.exchange.several_processes", json.dumps(deeds)]
    with shared_database(folder) as url:
        env = os.environ | {"ESSAIM_DATABASE_URL": url, "ESSAIM_VAR": str(folder)}
        done = subprocess.run(
            command, env=env, capture_output=True, text=True, timeout=120, check=False
        )
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    return Counter(done.stdout.split())


def residents(count: int) -> list[Person]:
    hub = make_hub()
    return [make_resident(hub, given_name=f"N{number}") for number in range(count)]


def told_need(author: Person) -> Need:
    return make_need(author, author.residencies.get().hub)


def test_of_eight_yeses_to_one_need_one_wins_and_seven_are_thanked(tmp_path: Path) -> None:
    author, *helpers = residents(9)
    need = told_need(author)
    asked = [make_ask(need, helper) for helper in helpers]
    came = act_at_once(tmp_path, *([("accept", str(ask.pk))] for ask in asked))
    assert came == {"done": 1, "SomeoneFound": 7}
    assert HelpExchange.objects.filter(need=need).count() == 1
    assert Need.objects.get(pk=need.pk).state == NeedState.IN_HAND


def test_eight_tabs_of_one_person_never_exceed_what_they_hold(tmp_path: Path) -> None:
    helper, *authors = residents(9)
    asked = [make_ask(told_need(author), helper) for author in authors]
    came = act_at_once(tmp_path, *([("accept", str(ask.pk))] for ask in asked))
    assert came == {"done": 2, "HandsFull": 6}
    assert HelpExchange.objects.filter(giver=helper).count() == 2


def test_yeses_and_noes_across_needs_never_wait_in_a_circle(tmp_path: Path) -> None:
    one, two, *helpers = residents(10)
    first, second = told_need(one), told_need(two)
    lists: list[Deeds] = []
    for number, helper in enumerate(helpers):
        pair = [str(make_ask(need, helper).pk) for need in (first, second)]
        deeds = [("accept", pair[0]), ("decline", pair[1])]
        lists.append(deeds if number % 2 else deeds[::-1])
    came = act_at_once(tmp_path, *lists)
    assert came.total() == 16
    assert HelpExchange.objects.filter(need=first).count() == 1
    assert not HelpExchange.objects.filter(need=second).exists()


def test_a_need_sent_eight_times_asks_three_people(tmp_path: Path) -> None:
    author, *helpers = residents(6)
    skill = make_skill("Plan de financement")
    draft = _draft(author, helpers, skill)
    came = act_at_once(tmp_path, *([[("publish", str(draft.pk))]] * 8))
    assert came == {"done": 1, "AlreadyTold": 7}
    assert Ask.objects.filter(need=draft).count() == 3


def test_eight_needs_told_at_once_leave_nobody_asked_three_times(tmp_path: Path) -> None:
    *authors, one, two = residents(10)
    skill = make_skill("Plan de financement")
    drafts = [_draft(author, [one, two], skill) for author in authors]
    came = act_at_once(tmp_path, *([("publish", str(draft.pk))] for draft in drafts))
    assert came == {"done": 8}
    assert [helper.asks.count() for helper in (one, two)] == [2, 2]


def test_of_eight_proposals_of_one_person_at_once_five_leave(tmp_path: Path) -> None:
    receiver, *givers = residents(9)
    pairs = [f"{giver.pk} {receiver.pk}" for giver in givers]
    came = act_at_once(tmp_path, *([("propose", pair)] for pair in pairs))
    assert came == {"done": 5, "ProposalsEnough": 3}
    assert HelpExchange.objects.filter(proposed_by=receiver).count() == 5


def _draft(author: Person, helpers: list[Person], skill: Skill) -> Need:
    for helper in helpers:
        if not helper.skills.exists():
            lend(helper, skill)
    return needs.draft_need(by=author, text="Relire mon plan de financement", skills=[skill])


def test_eight_workers_notice_a_silence_once(tmp_path: Path) -> None:
    helper, *authors = residents(9)
    now = timezone.now()
    for author in authors:
        make_ask(told_need(author), helper, sent_at=now - timedelta(days=2), due_at=now)

    came = act_at_once(tmp_path, *([("expire", now.isoformat())] for _worker in range(8)))

    assert came == {"done": 8}
    assert Silence.objects.get().person == helper
    assert Notice.objects.filter(code="silence").count() == 1
    assert Ask.objects.filter(state="expired").count() == 8


def test_eight_taps_on_less_often_ask_less_once(tmp_path: Path) -> None:
    [person] = residents(1)
    silence = Silence.objects.create(person=person, cause=SilenceCause.UNANSWERED)

    came = act_at_once(tmp_path, *([("say", f"{silence.pk} less")] for _tap in range(8)))

    assert came == {"done": 8}
    pledge = Pledge.objects.get(person=person, valid_to=None)
    assert (pledge.max_asks_per_week, pledge.max_parallel) == (1, 1)
    assert not Pause.objects.exists()
