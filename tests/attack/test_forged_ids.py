"""Every address that takes an id, opened with ids of others: nothing answers, nothing changes."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import product
from typing import Any
from uuid import UUID

import pytest
from django.apps import apps
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from essaim.core.models import ImportRun, ImportState
from essaim.exchange.models import (
    FridayBatch,
    FridayProposal,
    HelpState,
    NeedAudience,
    NeedState,
)
from essaim.hubs.models import Invitation, Residency
from essaim.people.models import Affiliation, Person, PersonState, Skill
from tests.exchange.meeting import make_encounter, make_round
from tests.factories import (
    lend,
    make_ask,
    make_exchange,
    make_host,
    make_hub,
    make_need,
    make_person,
    make_resident,
    make_skill,
    make_venture,
)

pytestmark = pytest.mark.django_db

# What every member may do: read a person, a venture, a hive; offer help; keep one's own list.
OPEN = {
    "home:person",
    "home:venture",
    "exchange:propose_help",
    "home:monday_fold",
    "home:monday_unfold",
}
# Any host keeps the tree of skills; the list of Mondays answers a forged line with a refusal.
ANSWERS_HOSTS = {"home:proposal", "home:monday_act"}


def with_ids(patterns: list[Any], space: str = "") -> Iterator[tuple[str, dict[str, str]]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from with_ids(pattern.url_patterns, pattern.namespace or space)
        elif isinstance(pattern, URLPattern) and pattern.name:
            converters = {k: type(c).__name__ for k, c in pattern.pattern.converters.items()}
            if space and "UUIDConverter" in converters.values():
                yield f"{space}:{pattern.name}", converters


ADDRESSES = [
    (name, converters)
    for name, converters in with_ids(get_resolver().url_patterns)
    if name not in OPEN
]


def things() -> dict[str, list[UUID]]:
    """Of each kind, by the name that addresses give it, of a hive where none of the attackers has
    anything to do."""
    hub = make_hub(slug="theirs")
    author, helper = make_resident(hub), make_resident(hub)
    near = {"audience": NeedAudience.HUB}
    need, hidden = make_need(author, hub, **near), make_need(author, hub, **near)
    draft = make_need(author, hub, state=NeedState.DRAFT, published_at=None)
    ask = make_ask(need, helper)
    states = (HelpState.PROPOSED, HelpState.AGREED, HelpState.CLAIMED, HelpState.DISPUTED)
    exchanges = [make_exchange(helper, author, hub, state=state) for state in states]
    line = lend(helper, make_skill())
    venture = make_venture("Les Bocaux", author)
    host = make_host(hub)
    invitation = Invitation.objects.create(
        hub=hub, person=helper, invited_by=host, expires_at=timezone.now() + timedelta(days=14)
    )
    run = ImportRun.objects.create(
        kind="people", hub_id=hub.pk, owner=host, name="a.csv", state=ImportState.CHECKED
    )
    met, drawn = make_encounter(hub, author, helper), make_round(hub, state="drawn")
    waiting = make_encounter(hub, host, author, found=drawn, state="drawn")
    batch = FridayBatch.objects.create(hub=hub)
    FridayProposal.objects.create(batch=batch, need=need, helper=helper, rank=1, state="chosen")
    rows: dict[str, list[Any]] = {
        "person": [author, helper, host],
        "need": [need, hidden, draft],
        "ask": [ask],
        "exchange": exchanges,
        "line": [line],
        "venture": [venture],
        "invitation": [invitation],
        "run": [run],
        "hub": [hub],
        "encounter": [met, waiting],
        "round": [met.round, drawn],
        "batch": [batch],
        "residency": list(Residency.objects.filter(hub=hub)),
        "affiliation": list(Affiliation.objects.filter(venture=venture)),
        "skill": [Skill(pk=make_skill(state="proposed").pk)],
    }
    return {f"{kind}_id": [row.pk for row in some] for kind, some in rows.items()}


def addresses(name: str, converters: dict[str, str], ids: dict[str, list[UUID]]) -> list[str]:
    """With ids of the kind that it names; of every kind where it names none of these."""
    words = {"kind": "need", "role": "director", "slug": "theirs", "extension": "csv"}
    everything_there = [pk for some in ids.values() for pk in some]
    values = [
        ids.get(key, everything_there) if kind == "UUIDConverter" else [words.get(key, "x")]
        for key, kind in converters.items()
    ]
    return [
        reverse(name, kwargs=dict(zip(converters, some, strict=True))) for some in product(*values)
    ]


def attackers() -> dict[str, Person | None]:
    return {
        "visitor": None,
        "member": make_resident(make_hub()),
        "host": make_host(make_hub()),
        "left": make_person(state=PersonState.LEFT),
    }


def everything() -> dict[str, list[Any]]:
    return {
        model._meta.label: sorted(map(repr, model._base_manager.values_list()))
        for model in apps.get_models()
        if model.__module__.startswith("essaim.")
    }


@pytest.mark.parametrize("who", ["visitor", "member", "host", "left"])
def test_ids_of_others_open_nothing(who: str) -> None:
    """One network for all addresses: whatever changed something is told by its name."""
    ids, attacker, client = things(), attackers()[who], Client()
    if attacker:
        client.force_login(attacker)
    changed, answered, before = [], [], everything()

    for name, converters in ADDRESSES:
        pages = addresses(name, converters, ids)
        found = [said for page in pages for said in opened_by(client, page)]
        if who != "host" or name not in ANSWERS_HOSTS:
            answered += found
        if (now := everything()) != before:
            changed.append(name)
            before = now

    assert (changed, answered) == ([], [])


def opened_by(client: Client, page: str) -> Iterator[tuple[str, int]]:
    """Neither "not there" nor "sign in first": what was asked was answered."""
    for answer in (client.get(page), client.post(page, {"a": "yes", "minutes": "15"})):
        login = answer.headers.get("Location", "").startswith("/compte/login")
        if answer.status_code not in (404, 405) and not login:
            yield page, answer.status_code
