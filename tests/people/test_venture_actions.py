import pytest

from essaim.core.refusals import NotAllowed
from essaim.people.actions import ventures
from essaim.people.models import Affiliation, AffiliationRole, Person, Venture
from tests.factories import make_person, make_venture

pytestmark = pytest.mark.django_db

SIRET = "73282932000074"


def make_founded(*team: Person) -> tuple[Venture, Person]:
    founder = make_person("Fondatrice")
    venture = ventures.create_venture(by=founder, name="Les Bocaux", purpose="Sauver les légumes.")
    for person in team:
        ventures.add_to_team(venture=venture, person=person, by=founder)
    return venture, founder


def affiliation(venture: Venture, person: Person) -> Affiliation:
    return Affiliation.objects.current().get(venture=venture, person=person)


def test_creator_is_the_founder_and_is_found_under_it() -> None:
    lea = make_person()
    before = lea.matched_at

    venture = ventures.create_venture(by=lea, name="Les Bocaux", purpose="Sauver les légumes.")

    assert affiliation(venture, lea).role == AffiliationRole.FOUNDER
    lea.refresh_from_db()
    assert lea.matched_at > before


def test_siret_and_rna_are_unique_but_may_be_missing() -> None:
    make_venture("A", siret=SIRET, rna="W751234567")
    make_venture("B")
    make_venture("C")

    with pytest.raises(ventures.SiretTaken):
        ventures.create_venture(by=make_person(), name="D", purpose="p", siret=SIRET)
    with pytest.raises(ventures.RnaTaken):
        ventures.create_venture(by=make_person(), name="D", purpose="p", rna="W751234567")


def test_race_for_a_siret_is_told_kindly(monkeypatch: pytest.MonkeyPatch) -> None:
    make_venture("A", siret=SIRET)
    # Both have looked before either has written.
    monkeypatch.setattr(Venture.objects.none().__class__, "exists", lambda self: False)

    with pytest.raises(ventures.VentureTaken):
        ventures.create_venture(by=make_person(), name="B", purpose="p", siret=SIRET)


def test_team_edits_and_others_do_not() -> None:
    member = make_person()
    venture, _ = make_founded(member)

    ventures.update_venture(venture=venture, by=member, trade="Conserverie")

    venture.refresh_from_db()
    assert venture.trade == "Conserverie"
    with pytest.raises(NotAllowed):
        ventures.update_venture(venture=venture, by=make_person(), trade="Pirate")


def test_renamed_venture_touches_its_team() -> None:
    member = make_person()
    venture, founder = make_founded(member)
    member.refresh_from_db()
    before = member.matched_at

    ventures.update_venture(venture=venture, by=founder, name="Bocaux & Cie")

    member.refresh_from_db()
    assert member.matched_at > before


def test_only_founders_choose_the_team() -> None:
    member = make_person()
    venture, _ = make_founded(member)

    with pytest.raises(NotAllowed):
        ventures.add_to_team(venture=venture, person=make_person(), by=member)


def test_nobody_joins_twice() -> None:
    member = make_person()
    venture, founder = make_founded(member)

    with pytest.raises(ventures.InTeamAlready):
        ventures.add_to_team(venture=venture, person=member, by=founder)


def test_member_leaves_and_may_come_back() -> None:
    member = make_person()
    venture, founder = make_founded(member)

    ventures.leave_venture(affiliation=affiliation(venture, member), by=member)
    ventures.add_to_team(venture=venture, person=member, by=founder)

    assert Affiliation.objects.filter(venture=venture, person=member).count() == 2


def test_second_departure_is_refused() -> None:
    member = make_person()
    venture, founder = make_founded(member)
    place = affiliation(venture, member)
    ventures.leave_venture(affiliation=place, by=founder)

    with pytest.raises(ventures.NotInTeam):
        ventures.leave_venture(affiliation=place, by=founder)


def test_member_cannot_put_another_out() -> None:
    one, other = make_person(), make_person()
    venture, _ = make_founded(one, other)

    with pytest.raises(NotAllowed):
        ventures.leave_venture(affiliation=affiliation(venture, one), by=other)


def test_last_founder_names_another_before_leaving() -> None:
    member = make_person()
    venture, founder = make_founded(member)
    place = affiliation(venture, founder)

    with pytest.raises(ventures.LastFounder):
        ventures.leave_venture(affiliation=place, by=founder)
    with pytest.raises(ventures.LastFounder):
        ventures.change_role(affiliation=place, role=AffiliationRole.TEAM, by=founder)

    ventures.change_role(
        affiliation=affiliation(venture, member), role=AffiliationRole.FOUNDER, by=founder
    )
    ventures.leave_venture(affiliation=place, by=founder)
    assert not Affiliation.objects.current().filter(venture=venture, person=founder).exists()


def test_team_without_founder_may_mend_itself() -> None:
    member = make_person()
    venture, founder = make_founded(member)
    ventures.end_everything(person=founder)

    ventures.add_to_team(venture=venture, person=make_person(), by=member)
    ventures.change_role(
        affiliation=affiliation(venture, member), role=AffiliationRole.FOUNDER, by=member
    )

    assert affiliation(venture, member).role == AffiliationRole.FOUNDER
