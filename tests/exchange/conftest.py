from collections.abc import Iterator

import pytest
from django.test import Client

from essaim.exchange import index
from essaim.exchange.actions.needs import draft_need
from essaim.exchange.models import Need
from essaim.hubs.models import Hub
from essaim.people.models import Person, Skill
from tests.factories import lend, make_hub, make_resident, make_skill


@pytest.fixture(autouse=True)
def _indexes_closed() -> Iterator[None]:
    yield
    index.close()


@pytest.fixture
def hub() -> Hub:
    return make_hub()


@pytest.fixture
def skill() -> Skill:
    return make_skill("Plan de financement", label_en="Funding plan")


@pytest.fixture
def author(hub: Hub) -> Person:
    return make_resident(hub, given_name="Léa", language="fr")


@pytest.fixture
def helpers(hub: Hub, skill: Skill) -> list[Person]:
    """Five who could help, the first with the best reason."""
    people = [
        make_resident(hub, given_name=name) for name in ("Nadia", "Omar", "Pia", "Quentin", "Rosa")
    ]
    for person in people:
        lend(person, skill, "J’ai relu dix plans de financement")
    return people


@pytest.fixture
def draft(author: Person, skill: Skill) -> Need:
    return draft_need(
        by=author, text="Je cherche quelqu’un pour relire mon plan de financement.", skills=[skill]
    )


@pytest.fixture
def page(client: Client, author: Person) -> Client:
    """The author, signed in."""
    client.force_login(author)
    return client
