import pytest

from essaim.core.imports import actions, checking, cleaning, kinds, running, undoing
from essaim.core.models import Decision, ImportRun, ImportState, JournalEntry, Outcome
from essaim.core.states import Overtaken
from essaim.exchange.imports import people
from essaim.hubs.models import Hub, Residency
from essaim.people.models import (
    Affiliation,
    Person,
    PersonSkill,
    PersonState,
    Skill,
    SkillState,
)
from tests.core.importing import bring, line, receive, said, write
from tests.factories import (
    make_host,
    make_hub,
    make_person,
    make_resident,
    make_skill,
)

pytestmark = pytest.mark.django_db

HEADERS = 'Prénom;Nom de famille;Courriel;Tél.;Structure;"Compétences (séparées par ;)";Formule\n'


@pytest.fixture
def hub() -> Hub:
    return make_hub("La Halle")


@pytest.fixture
def host(hub: Hub) -> Person:
    return make_host(hub)


def test_people_of_a_list_arrive_with_what_the_list_says(hub: Hub, host: Person) -> None:
    skill = make_skill("Comptabilité")
    text = (
        HEADERS + 'Zoé;Martin;ZOE@Example.org;612345678;Les Bocaux;"comptabilite; Apiculture";X\n'
    )

    run = write(bring("people", text, by=host, hub_id=hub.pk))

    zoe = Person.objects.get(email="zoe@example.org")
    assert run.state == ImportState.DONE
    assert (zoe.name, zoe.phone, zoe.state) == ("Zoé Martin", "0612345678", PersonState.EXPECTED)
    assert not zoe.has_usable_password()
    assert Residency.objects.get(person=zoe).plan == "X"
    assert Affiliation.objects.get(person=zoe).venture.name == "Les Bocaux"
    new = Skill.objects.get(label_fr="Apiculture")
    assert new.state == SkillState.PROPOSED
    assert set(PersonSkill.objects.values_list("skill", flat=True)) == {skill.pk, new.pk}
    assert JournalEntry.objects.filter(verb="import_person", thing_id=zoe.pk).count() == 1


def test_three_bad_lines_of_five_hundred_are_listed_and_the_others_arrive(
    hub: Hub, host: Person
) -> None:
    rows = [f"P{n};Q{n};p{n}@example.org;;;;" for n in range(2, 502)]
    rows[10], rows[20], rows[30] = "A;B;not-an-address;;;;", "A;B;;;;;", "C;D;p2@example.org;;;;"

    run = bring("people", HEADERS + "\n".join(rows), by=host, hub_id=hub.pk)
    bad = list(run.lines.exclude(problems=[]).order_by("number").values_list("number", flat=True))
    write(run)

    assert bad == [12, 22, 32]
    assert said(run, 12) == [cleaning.BAD_EMAIL]
    assert said(run, 22) == [kinds.MISSING]
    assert said(run, 32) == [people.TWICE]
    assert Residency.objects.filter(hub=hub).count() == 497


def test_all_or_none_writes_nothing_while_a_line_is_bad(hub: Hub, host: Person) -> None:
    text = HEADERS + "Zoé;Martin;zoe@example.org;;;;\nAna;Bel;nothing;;;;\n"
    run = bring("people", text, by=host, hub_id=hub.pk)

    with pytest.raises(actions.NotWhole):
        write(run, "all")

    assert not Person.objects.filter(email="zoe@example.org").exists()


def test_all_or_none_writes_all_when_every_line_is_in_order(hub: Hub, host: Person) -> None:
    rows = "".join(f"P;Q;p{n}@example.org;;;;\n" for n in range(running.PIECE + 1))
    run = bring("people", HEADERS + rows, by=host, hub_id=hub.pk)

    write(run, "all")

    assert (run.state, run.position) == (ImportState.DONE, running.PIECE + 1)
    assert Residency.objects.filter(hub=hub).count() == running.PIECE + 1


def test_second_start_is_refused(hub: Hub, host: Person) -> None:
    run = bring("people", HEADERS + "A;B;a@example.org;;;;\n", by=host, hub_id=hub.pk)
    same = ImportRun.objects.get(pk=run.pk)
    actions.start(run=run, mode="good", by=host)

    with pytest.raises(Overtaken):
        actions.start(run=same, mode="good", by=host)


def test_import_that_another_host_started_is_neither_dropped_nor_decided(
    hub: Hub, host: Person
) -> None:
    make_resident(hub, email="a@example.org")
    run = bring("people", HEADERS + "A;B;a@example.org;;;;\n", by=host, hub_id=hub.pk)
    stale = ImportRun.objects.get(pk=run.pk)
    actions.start(run=run, mode="good", by=host)

    with pytest.raises(Overtaken):
        actions.drop(run=stale, by=host)
    with pytest.raises(Overtaken):
        actions.decide(run=stale, number=2, decision=Decision.SKIP, by=host)
    with pytest.raises(Overtaken):
        actions.decide_all(run=stale, sure=True, decision=Decision.SKIP, by=host)

    assert line(run, 2).decision == Decision.FILL
    assert ImportRun.objects.get(pk=run.pk).document is not None


def test_errands_of_a_dropped_import_end_quietly_and_it_is_not_started(
    hub: Hub, host: Person
) -> None:
    run = bring("people", HEADERS + "A;B;a@example.org;;;;\n", by=host, hub_id=hub.pk)
    stale = ImportRun.objects.get(pk=run.pk)
    actions.drop(run=run, by=host)

    for errand in (checking.check, running.work, undoing.undo):
        errand(stale.pk)
    with pytest.raises(Overtaken):
        actions.start(run=stale, mode="good", by=host)

    assert not Person.objects.filter(email="a@example.org").exists()


def test_all_or_none_is_none_when_someone_appears_meanwhile(hub: Hub, host: Person) -> None:
    text = HEADERS + "Zoé;Martin;zoe@example.org;;;;\nAna;Bel;ana@example.org;;;;\n"
    run = bring("people", text, by=host, hub_id=hub.pk)
    make_person(email="ana@example.org")

    write(run, "all")

    assert run.state == ImportState.FAILED
    assert not Person.objects.filter(email="zoe@example.org").exists()
    assert len(said(run, 3)) == 1


def test_formula_is_told_and_its_line_left_out(hub: Hub, host: Person) -> None:
    text = HEADERS + "=1+1;Martin;zoe@example.org;;;;\n"

    run = bring("people", text, by=host, hub_id=hub.pk)

    assert said(run, 2) == [kinds.FORMULA]


def test_same_address_completes_what_is_empty_and_keeps_the_rest(hub: Hub, host: Person) -> None:
    person = make_resident(hub, email="zoe@example.org", given_name="Zoé", phone="")
    text = HEADERS + "Zoéline;Autre;zoe@example.org;0612345678;;;Foraging\n"

    run = bring("people", text, by=host, hub_id=hub.pk)
    first = line(run, 2)
    write(run)

    person.refresh_from_db()
    assert (first.duplicate_id, first.sure, first.decision) == (person.pk, True, Decision.FILL)
    assert (person.given_name, person.phone) == ("Zoé", "0612345678")
    assert Residency.objects.get(person=person).plan == "Foraging"


def test_same_address_may_be_replaced_by_the_file(hub: Hub, host: Person) -> None:
    person = make_resident(hub, email="zoe@example.org", given_name="Zoé")
    run = bring("people", HEADERS + "Zoéline;;zoe@example.org;;;;\n", by=host, hub_id=hub.pk)

    actions.decide(run=run, number=2, decision=Decision.REPLACE, by=host)
    write(run)

    person.refresh_from_db()
    assert person.given_name == "Zoéline"


def test_close_name_in_the_same_hub_waits_for_a_decision(hub: Hub, host: Person) -> None:
    person = make_resident(hub, given_name="Élodie", family_name="Lefèvre")
    text = HEADERS + "Elodie;Lefebvre;other@example.org;;;;\n"

    run = bring("people", text, by=host, hub_id=hub.pk)

    assert line(run, 2).duplicate_id == person.pk
    assert (line(run, 2).sure, line(run, 2).decision) == (False, "")


def test_undecided_line_is_left_out_of_the_good_ones(hub: Hub, host: Person) -> None:
    make_resident(hub, given_name="Élodie", family_name="Lefèvre")
    text = HEADERS + "Elodie;Lefebvre;other@example.org;;;;\nA;B;a@example.org;;;;\n"
    run = bring("people", text, by=host, hub_id=hub.pk)

    write(run)

    assert line(run, 2).outcome == Outcome.LEFT_OUT
    assert line(run, 3).outcome == Outcome.WRITTEN


def test_close_names_may_both_be_kept(hub: Hub, host: Person) -> None:
    make_resident(hub, given_name="Élodie", family_name="Lefèvre")
    text = HEADERS + "Elodie;Lefebvre;other@example.org;;;;\n"
    run = bring("people", text, by=host, hub_id=hub.pk)

    decided = actions.decide_all(run=run, sure=False, decision=Decision.CREATE, by=host)
    write(run)

    assert decided == 1
    assert Person.objects.filter(email="other@example.org").exists()


def test_one_address_can_not_be_added_twice(hub: Hub, host: Person) -> None:
    make_resident(hub, email="zoe@example.org")
    run = bring("people", HEADERS + "Z;Z;zoe@example.org;;;;\n", by=host, hub_id=hub.pk)

    with pytest.raises(actions.DecisionImpossible):
        actions.decide(run=run, number=2, decision=Decision.CREATE, by=host)


def test_lines_know_of_whom_they_speak_even_those_that_can_not_be_written(
    hub: Hub, host: Person
) -> None:
    ana = make_resident(hub, email="ana@example.org")
    text = HEADERS + "=1+1;B;ana@example.org;;;;\nZoé;M;zoe@example.org;;;;\n"

    run = write(bring("people", text, by=host, hub_id=hub.pk))

    assert said(run, 2) == [kinds.FORMULA]
    zoe = Person.objects.get(email="zoe@example.org")
    assert [line(run, number).about for number in (2, 3)] == [ana, zoe]


def test_full_name_in_one_column_is_parted(hub: Hub, host: Person) -> None:
    text = "Nom et prénom;Mail\nMARTIN DUPONT Zoé;a@example.org\nAna Bel;b@example.org\n"

    write(bring("people", text, by=host, hub_id=hub.pk))

    names = Person.objects.filter(email__in=("a@example.org", "b@example.org")).order_by("email")
    assert list(names.values_list("given_name", "family_name")) == [
        ("Zoé", "MARTIN DUPONT"),
        ("Ana", "Bel"),
    ]


def test_english_headers_in_any_order_are_recognised(hub: Hub, host: Person) -> None:
    run = receive(
        "people", "E-mail,Last name,First name,Shoe size\nz@e.org,M,Z,38\n", by=host, hub_id=hub.pk
    )

    assert run.mapping == ["email", "family_name", "given_name", ""]
