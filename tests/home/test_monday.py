"""The ten lines of Monday: ranked by pure code, drawn from real rows, done in place."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.utils import timezone

from essaim.core.models import Notice
from essaim.exchange.escalation import policy_for
from essaim.exchange.models import AskState, HelpState, NeedSource, NeedState, Urgency
from essaim.home.models import MondayDone
from essaim.home.monday import LINES, Kind, Matter, SetAside, monday_of
from essaim.home.monday_rows import matters_of
from essaim.hubs.models import Hub, Invitation
from essaim.people.models import Person, SkillState
from tests.factories import (
    lend,
    make_ask,
    make_director,
    make_exchange,
    make_host,
    make_hub,
    make_need,
    make_person,
    make_residency,
    make_resident,
    make_skill,
)

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
TODAY = NOW.date()


def matter(kind: Kind, number: int = 1, days: float = 1) -> Matter:
    return Matter(kind, UUID(int=number), NOW - timedelta(days=days))


def shown(matters: list[Matter], **set_aside: Any) -> list[tuple[Kind, int]]:
    found = monday_of(matters, set_aside={}, now=NOW, today=TODAY, **set_aside)
    return [(m.kind, m.thing_id.int) for m in found.lines]


def test_what_nobody_looks_after_comes_first() -> None:
    kinds = [Kind.SKILLS, Kind.ISOLATED, Kind.NEED, Kind.NEWCOMER, Kind.DISPUTE]
    assert [kind for kind, _n in shown([matter(kind) for kind in kinds])] == [
        Kind.NEED,
        Kind.DISPUTE,
        Kind.NEWCOMER,
        Kind.ISOLATED,
        Kind.SKILLS,
    ]


def test_waiting_weighs_up_to_a_month() -> None:
    fresh, old = matter(Kind.UNCLAIMED, 1, days=0), matter(Kind.UNCLAIMED, 2, days=20)
    older = matter(Kind.UNCLAIMED, 3, days=300)
    assert [n for _kind, n in shown([fresh, old, older])] == [3, 2, 1]
    # Not above a need that reached the host this morning, however long it waited.
    assert shown([older, matter(Kind.NEED, 4, days=0)])[0] == (Kind.NEED, 4)


def test_sixty_isolated_members_hide_no_other_kind() -> None:
    crowd = [matter(Kind.ISOLATED, n) for n in range(1, 61)]
    lines = shown([*crowd, matter(Kind.SKILLS, 100)])
    assert len(lines) == LINES
    assert (Kind.SKILLS, 100) in lines


def test_one_kind_alone_fills_the_ten_lines() -> None:
    found = monday_of(
        [matter(Kind.NEED, n) for n in range(1, 14)], set_aside={}, now=NOW, today=TODAY
    )
    assert (len(found.lines), found.beyond) == (10, 3)


@pytest.mark.parametrize(("days", "folded"), [(1, True), (0, False), (-3, False)])
def test_what_is_set_aside_comes_back_on_its_day(days: int, folded: bool) -> None:
    until: date = TODAY + timedelta(days=days)
    one = matter(Kind.NEED)
    found = monday_of(
        [one], set_aside={(Kind.NEED, one.thing_id): SetAside(until)}, now=NOW, today=TODAY
    )
    assert ([line.matter for line in found.folded], found.lines) == (
        ([one], []) if folded else ([], [one])
    )


def test_the_same_matters_give_the_same_order() -> None:
    matters = [matter(Kind.ISOLATED, n) for n in range(1, 20)]
    assert shown(matters) == shown(matters[::-1])


@pytest.fixture
def hub() -> Hub:
    return make_hub()


@pytest.fixture
def host(hub: Hub) -> Person:
    return make_host(hub, given_name="Hugo")


def found(hub: Hub) -> set[tuple[Kind, UUID]]:
    return {(m.kind, m.thing_id) for m in matters_of([hub.pk], timezone.now())}


def days_ago(days: int) -> Any:
    return timezone.now() - timedelta(days=days)


def settled(hub: Hub) -> Person:
    """Here for long, with a card, seen last week: nothing to say about them."""
    person = make_resident(hub)
    lend(person, make_skill())
    make_need(person, hub, published_at=days_ago(7), level=1)
    return person


pytestmark = pytest.mark.django_db


def test_a_need_that_reached_the_host_is_a_line(hub: Hub, host: Person) -> None:
    author = settled(hub)
    waits = make_need(author, hub, level=3)
    kept = make_need(author, hub, level=3, acknowledged_by=host, acknowledged_at=timezone.now())
    make_need(author, hub, level=2)
    assert found(hub) == {(Kind.NEED, waits.pk), (Kind.NEED_LOOKED_AFTER, kept.pk)}


def test_an_imported_need_that_nobody_heard_is_a_line(hub: Hub) -> None:
    author = settled(hub)
    came: dict[str, Any] = {"source": NeedSource.IMPORT, "level": 1}
    waits = make_need(author, hub, **came)
    make_ask(make_need(author, hub, **came), settled(hub))
    make_need(author, hub, **came, next_step_at=timezone.now())
    make_need(author, hub, **came, state=NeedState.MET)
    assert found(hub) == {(Kind.NEED_IMPORTED, waits.pk)}


def test_an_imported_need_leaves_with_one_tap(client: Client, hub: Hub, host: Person) -> None:
    skill = make_skill("Plan de financement")
    lend(make_resident(hub, given_name="Nadia"), skill, "dix plans de financement relus")
    policy = policy_for(Urgency.WEEK)
    need = make_need(settled(hub), hub, source=NeedSource.IMPORT, level=1, policy=policy)
    client.force_login(host)
    for _twice in range(2):
        client.post(f"/lundi/need_imported/{need.pk}/fait/")
    assert [ask.helper.given_name for ask in need.asks.all()] == ["Nadia"]
    need.refresh_from_db()
    assert need.next_step_at is not None
    assert Notice.objects.filter(recipient=need.author, code="need_status").count() == 1
    assert found(hub) & {(Kind.NEED_IMPORTED, need.pk)} == set()


def test_only_the_hosts_of_its_hive_let_an_imported_need_leave(client: Client, hub: Hub) -> None:
    need = make_need(settled(hub), hub, source=NeedSource.IMPORT, level=1)
    client.force_login(make_host(make_hub("Ailleurs")))
    client.post(f"/lundi/need_imported/{need.pk}/fait/")
    need.refresh_from_db()
    assert need.next_step_at is None


def test_a_newcomer_without_card_or_ties_is_a_line(hub: Hub) -> None:
    today = timezone.localdate()
    blank, carded = make_person(), make_person()
    for person in (blank, carded):
        make_residency(person, hub, since_on=today)
    lend(carded, make_skill())
    greeted = make_person()
    make_residency(greeted, hub, since_on=today)
    lend(greeted, make_skill())
    make_exchange(settled(hub), greeted, hub)
    assert found(hub) == {(Kind.NEWCOMER, blank.pk), (Kind.NEWCOMER, carded.pk)}


def test_a_member_without_a_sign_for_45_days_is_isolated(hub: Hub) -> None:
    alone = make_resident(hub)
    make_need(alone, hub, published_at=days_ago(46), state="met")
    settled(hub)
    answered = make_resident(hub)
    make_ask(
        make_need(settled(make_hub()), make_hub()),
        answered,
        state=AskState.DECLINED,
        answered_at=days_ago(3),
    )
    assert found(hub) == {(Kind.ISOLATED, alone.pk)}


def test_three_asks_in_a_row_without_an_answer_are_a_line(hub: Hub) -> None:
    author = settled(make_hub())
    mute, lively = settled(hub), settled(hub)
    for person in (mute, lively):
        for days in (9, 6, 3):
            need = make_need(author, make_hub())
            make_ask(need, person, state=AskState.EXPIRED, sent_at=days_ago(days))
    make_ask(
        make_need(author, make_hub()),
        lively,
        state=AskState.DECLINED,
        sent_at=days_ago(2),
        answered_at=days_ago(1),
    )
    assert found(hub) == {(Kind.SILENT, mute.pk)}


def test_help_without_news_and_disputes_are_lines(hub: Hub) -> None:
    one, other = settled(hub), settled(hub)
    late = make_exchange(one, other, hub, created_at=days_ago(15))
    make_exchange(one, other, hub, created_at=days_ago(13))
    disputed = make_exchange(one, other, hub, state=HelpState.DISPUTED, claimed_minutes=60)
    assert found(hub) == {(Kind.UNCLAIMED, late.pk), (Kind.DISPUTE, disputed.pk)}


def test_letters_and_proposals_are_lines(hub: Hub, host: Person) -> None:
    old = Invitation.objects.create(
        hub=hub, person=make_person(), sent_at=days_ago(8), expires_at=timezone.now()
    )
    Invitation.objects.create(hub=hub, person=make_person(), expires_at=timezone.now())
    skill = make_skill(state=SkillState.PROPOSED)
    make_skill("Autre", state=SkillState.PROPOSED, changed_at=timezone.now())
    assert found(hub) == {(Kind.INVITATION, old.pk), (Kind.SKILLS, skill.pk)}


def test_other_hives_are_not_mine(hub: Hub, host: Person) -> None:
    other = make_hub()
    make_need(make_resident(other), other, level=3)
    assert found(hub) == set()


def post(client: Client, path: str, **data: str) -> str:
    return client.post(path, data, follow=True).content.decode()


def test_the_button_does_it_and_the_line_folds_away(client: Client, hub: Hub, host: Person) -> None:
    need = make_need(settled(hub), hub, level=3, title="Un fourgon samedi")
    client.force_login(host)
    assert "Un fourgon samedi" in client.get("/lundi/").content.decode()

    page = post(client, f"/lundi/need/{need.pk}/fait/")

    need.refresh_from_db()
    assert need.acknowledged_by == host
    assert "C’est fait" in page


@pytest.mark.parametrize("kind", ["newcomer", "isolated", "silent"])
def test_a_word_is_sent_in_the_name_of_the_host(
    client: Client, hub: Hub, host: Person, kind: str
) -> None:
    person = make_resident(hub)
    client.force_login(host)
    post(client, f"/lundi/{kind}/{person.pk}/fait/")
    post(client, f"/lundi/{kind}/{person.pk}/fait/")
    assert Notice.objects.filter(recipient=person, code="host_nudge").count() == 1
    assert MondayDone.objects.filter(person=host, kind=kind, thing_id=person.pk).count() == 1


def test_a_newcomer_with_a_card_is_not_asked_to_fill_it(
    client: Client, hub: Hub, host: Person
) -> None:
    blank, carded = make_resident(hub), make_resident(hub)
    lend(carded, make_skill())
    client.force_login(host)
    for person in (blank, carded):
        post(client, f"/lundi/newcomer/{person.pk}/fait/")
    words = dict(Notice.objects.values_list("recipient", "facts__word"))
    assert words == {blank.pk: "welcome", carded.pk: "meet"}


def test_both_are_asked_how_it_goes(client: Client, hub: Hub, host: Person) -> None:
    one, other = settled(hub), settled(hub)
    late = make_exchange(one, other, hub, created_at=days_ago(15))
    client.force_login(host)
    post(client, f"/lundi/unclaimed/{late.pk}/fait/")
    told = Notice.objects.filter(code="host_nudge").values_list("recipient", flat=True)
    assert set(told) == {one.pk, other.pk}


@pytest.mark.parametrize("kind", ["need", "unclaimed", "newcomer", "isolated", "invitation"])
def test_hosts_of_elsewhere_do_nothing_here(client: Client, hub: Hub, kind: str) -> None:
    one, other = settled(hub), settled(hub)
    letter = Invitation.objects.create(
        hub=hub, person=make_person(), sent_at=days_ago(8), expires_at=days_ago(1)
    )
    things = {
        "need": make_need(one, hub, level=3).pk,
        "unclaimed": make_exchange(one, other, hub, created_at=days_ago(15)).pk,
        "newcomer": one.pk,
        "isolated": one.pk,
        "invitation": letter.pk,
    }
    client.force_login(make_host(make_hub()))
    post(client, f"/lundi/{kind}/{things[kind]}/fait/")
    assert Notice.objects.count() == 0
    assert MondayDone.objects.count() == 0


def test_not_now_folds_for_me_alone_until_the_day_i_say(
    client: Client, hub: Hub, host: Person
) -> None:
    need = make_need(settled(hub), hub, level=3)
    until = (timezone.localdate() + timedelta(days=3)).isoformat()
    client.force_login(host)
    page = post(client, f"/lundi/need/{need.pk}/plus-tard/", until=until)
    assert "1 ligne mise de côté" in page

    assert "Rien ne t’attend" not in post(client, f"/lundi/need/{need.pk}/reprendre/")
    post(client, f"/lundi/need/{need.pk}/plus-tard/", until="hier")
    client.force_login(make_host(hub))
    assert "Rien ne t’attend" not in client.get("/lundi/").content.decode()


def test_nothing_to_do_is_said_kindly(client: Client, hub: Hub, host: Person) -> None:
    settled(hub)
    client.force_login(host)
    assert "Rien ne t’attend" in client.get("/lundi/").content.decode()


def test_a_host_alone_is_led_to_invite_and_not_to_welcome_themselves(
    client: Client, hub: Hub, host: Person
) -> None:
    make_residency(host, hub, since_on=timezone.localdate())
    client.force_login(host)
    page = client.get("/lundi/").content.decode()
    assert "La ruche commence avec toi" in page
    assert 'class="button button-main" href="/hote/inviter/"' in page
    assert "Écrire un mot de bienvenue" not in page


def test_members_have_no_monday(client: Client, hub: Hub) -> None:
    client.force_login(make_resident(hub))
    assert client.get("/lundi/").status_code == 404


def test_a_director_looks_at_one_hive_at_a_time(client: Client, hub: Hub) -> None:
    other = make_hub("Le Port")
    make_need(settled(hub), hub, level=3, title="Ici")
    make_need(settled(other), other, level=3, title="Là-bas")
    client.force_login(make_director())
    page = client.get(f"/lundi/?hub={other.slug}").content.decode()
    assert ["Ici" in page, "Là-bas" in page] == [False, True]


@pytest.mark.parametrize("path", ["/lundi/nonsense/{}/fait/", "/lundi/dispute/{}/fait/"])
def test_what_needs_more_than_a_tap_has_no_button(
    client: Client, hub: Hub, host: Person, path: str
) -> None:
    client.force_login(host)
    assert client.post(path.format(UUID(int=1))).status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_queries_do_not_grow(
    client: Client, hub: Hub, host: Person, django_assert_num_queries: Any, rows: int
) -> None:
    for _number in range(rows):
        make_need(settled(hub), hub, level=3)
        make_need(settled(hub), hub, level=1, source=NeedSource.IMPORT)
        make_resident(hub)
        make_exchange(settled(hub), settled(hub), hub, created_at=days_ago(20))
        make_skill(state=SkillState.PROPOSED)
    client.force_login(host)
    with django_assert_num_queries(11):
        client.get("/lundi/")
