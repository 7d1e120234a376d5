import pytest

from essaim.core.states import Machine, Overtaken, Transition
from essaim.exchange.models import NEED, Need, NeedState
from tests.factories import make_hub, make_need, make_person

pytestmark = pytest.mark.django_db


def test_a_verb_moves_the_thing_and_writes_what_comes_with_it() -> None:
    need = make_need(make_person(), make_hub())

    NEED.fire(need, "withdraw", level=3)

    need.refresh_from_db()
    assert (need.state, need.level) == (NeedState.WITHDRAWN, 3)


def test_the_slower_of_two_is_told_and_changes_nothing() -> None:
    need = make_need(make_person(), make_hub())
    seen_by_the_slower = Need.objects.get(pk=need.pk)
    NEED.fire(need, "meet")

    with pytest.raises(Overtaken):
        NEED.fire(seen_by_the_slower, "withdraw", level=3)

    need.refresh_from_db()
    assert (need.state, need.level) == (NeedState.MET, 0)


def test_of_many_only_those_that_may_move() -> None:
    author, hub = make_person(), make_hub()
    make_need(author, hub)
    make_need(author, hub, state=NeedState.MET)

    moved = NEED.fire_all(Need.objects.all(), "withdraw")

    assert moved == 1
    assert sorted(Need.objects.values_list("state", flat=True)) == ["met", "withdrawn"]


def test_a_verb_stands_once_in_the_table() -> None:
    with pytest.raises(AssertionError, match="stands once"):
        Machine("state", Transition("go", ("a",), "b"), Transition("go", ("b",), "c"))
