"""Two hosts on Friday's asks at once, and two hives that ask the same person."""

from pathlib import Path

import pytest

from essaim.core.models import Notice
from essaim.exchange.actions import friday
from essaim.exchange.models import Ask, BatchState, FridayBatch, Pledge, ProposalState
from tests.exchange.fridays import make_helper, make_waiting
from tests.exchange.test_asks_concurrency import act_at_once
from tests.factories import make_host, make_hub, make_resident, make_skill

pytestmark = [pytest.mark.concurrency, pytest.mark.django_db(transaction=True)]


def test_eight_who_send_at_once_ask_each_person_once(tmp_path: Path) -> None:
    hub, skill = make_hub(), make_skill("Plan de financement")
    hosts = [make_host(hub), make_host(hub)]
    for number in range(6):
        make_helper(hub, skill, f"N{number}")
    for number in range(4):
        make_waiting(make_resident(hub), hub, skill, title=f"B{number}")
    batch = friday.draft_batch(hub=hub, by=hosts[0])

    done = act_at_once(
        tmp_path, *[[("send_batch", f"{batch.pk} {hosts[n % 2].pk} 0")] for n in range(8)]
    )

    assert done == {"done": 1, "BatchLeft": 7}
    assert (Ask.objects.count(), Ask.objects.values("need").distinct().count()) == (4, 4)
    assert Notice.objects.filter(code="ask_received").count() == 4


def test_what_one_host_moves_is_never_sent_unseen_by_another(tmp_path: Path) -> None:
    hub, skill = make_hub(), make_skill("Plan de financement")
    one, other = make_host(hub), make_host(hub)
    for name in ("Nadia", "Omar"):
        make_helper(hub, skill, name)
    need = make_waiting(make_resident(hub), hub, skill)
    batch = friday.draft_batch(hub=hub, by=one)
    first = batch.proposals.get(state=ProposalState.CHOSEN).helper
    spare = batch.proposals.get(state=ProposalState.SPARE).helper

    done = act_at_once(
        tmp_path,
        [("send_batch", f"{batch.pk} {one.pk} 0")],
        [("move_ask", f"{batch.pk} {need.pk} {spare.pk} {other.pk}")],
    )

    batch.refresh_from_db()
    if done == {"done": 1, "BatchLeft": 1}:
        assert [ask.helper for ask in Ask.objects.all()] == [first]
    else:
        assert done == {"done": 1, "BatchChanged": 1}
        assert (batch.state, Ask.objects.count()) == (BatchState.DRAFT, 0)


def test_a_hive_is_drafted_once_however_many_draft_it(tmp_path: Path) -> None:
    hub, skill = make_hub(), make_skill("Plan de financement")
    host = make_host(hub)
    make_helper(hub, skill, "Nadia")
    make_waiting(make_resident(hub), hub, skill)

    done = act_at_once(tmp_path, *[[("draft_batch", f"{hub.pk} {host.pk}")]] * 4)

    assert done == {"done": 1, "BatchWaits": 3}
    assert FridayBatch.objects.count() == 1


def test_two_hives_that_send_at_once_do_not_pass_the_limit_of_one_person(tmp_path: Path) -> None:
    skill, hives = make_skill("Plan de financement"), [make_hub(), make_hub()]
    nadia = make_helper(hives[0], skill, "Nadia")
    sent = []
    for hub in hives:
        host = make_host(hub)
        make_waiting(make_resident(hub), hub, skill)
        batch = friday.draft_batch(hub=hub, by=host)
        sent.append([("send_batch", f"{batch.pk} {host.pk} 0")])
    # Both drafts were right when they were made; since then she said "one a week".
    Pledge.objects.filter(person=nadia).update(max_asks_per_week=1)

    done = act_at_once(tmp_path, *sent)

    assert done == {"done": 2}
    assert [ask.helper for ask in Ask.objects.all()] == [nadia]
    left_out = FridayBatch.objects.filter(proposals__state=ProposalState.LEFT_OUT)
    assert left_out.count() == 1
