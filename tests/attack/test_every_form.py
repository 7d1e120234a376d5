"""Every form that a role meets, sent with what nobody types: refused in words, never broken."""

from collections.abc import Iterator
from typing import Any

import pytest

from essaim.exchange import index
from tests.attack.crawling import Walk
from tests.attack.network import ROLES, settle
from tests.attack.sending import faults

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _index_closed() -> Iterator[None]:
    yield
    index.close()


def test_no_form_breaks_loses_what_was_typed_or_refuses_without_a_word() -> None:
    """Role after role, each with the forms that the ones before did not meet."""
    scene, known, found = settle(), set[Any](), list[str]()

    for way_in in ROLES.values():
        for client, starts in way_in(scene):
            for form in Walk(client, starts, known).forms():
                found += faults(client, form, str(scene.elsewhere.pk))

    assert len(known) > 80
    assert found == [], "\n".join(found)
