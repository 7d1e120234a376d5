"""What an operator imports, and what a need that names a trade then finds."""

import shutil
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.utils import timezone, translation

from essaim.exchange import index, matching, reasons, taxonomy
from essaim.hubs.models import Hub
from essaim.matching.bridge import schemes
from essaim.people.freshness import touch
from essaim.people.models import Person
from tests.factories import lend, make_hub, make_need, make_resident, make_skill
from tests.matching import taxonomy_files

pytestmark = pytest.mark.django_db
NEED = "Je cherche une teneuse de livres"


@pytest.fixture(autouse=True)
def no_grace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schemes, "GRACE_SECONDS", 0.0)


@pytest.fixture
def official(tmp_path: Path) -> Path:
    return taxonomy_files.write(tmp_path / "official")


@pytest.fixture
def hub() -> Hub:
    return make_hub()


@pytest.fixture
def nadia(hub: Hub) -> Person:
    helper = make_resident(hub, given_name="Nadia")
    lend(helper, make_skill("Rapprocher des écritures comptables"), "")
    lend(helper, make_skill("Plan comptable général"), "")
    touch([helper.pk])
    return helper


def imported(folder: Path) -> str:
    out = StringIO()
    call_command("import_taxonomies", folder, stdout=out)
    return out.getvalue()


def found(text: str = NEED) -> list[str]:
    return [hit.id for hit in index.search_people(text, k=5)]


def test_an_import_brings_people_by_the_trade_that_a_need_names(
    official: Path, nadia: Person
) -> None:
    assert found() == []

    imported(official)

    assert found() == [str(nadia.pk)]


def test_the_import_tells_what_it_read_and_whom_to_thank(official: Path) -> None:
    told = imported(official)

    assert "ROME: 3 trades\n  Source: ROME, France Travail, Licence Ouverte 2.0\n" in told
    assert "ESCO: 3 skills\n  Source: ESCO, European Commission" in told
    assert "Trades: done\n" in told
    assert "People: done\n" in told


def test_a_skill_lent_after_the_import_is_found_at_once(official: Path, hub: Hub) -> None:
    imported(official)
    ada = make_resident(hub, given_name="Ada")
    assert found() == []

    lend(ada, make_skill("Saisir des écritures comptables"), "")
    touch([ada.pk])

    assert found() == [str(ada.pk)]


def test_only_residents_or_only_some_people_when_given(official: Path, nadia: Person) -> None:
    imported(official)
    elsewhere = make_hub("Ailleurs")

    assert index.search_people(NEED, k=5, hub_id=elsewhere.pk) == []
    assert index.search_people(NEED, k=5, among=[]) == []


def test_removal_leaves_no_trace(official: Path, nadia: Person) -> None:
    imported(official)
    assert found() == [str(nadia.pk)]
    out = StringIO()

    call_command("import_taxonomies", remove=True, stdout=out)

    assert out.getvalue() == "Taken out.\n"
    assert found() == []
    left = {path.name for path in Path(settings.VAR_DIR).iterdir()}
    assert not {name for name in left if "taxonomies" in name or name.endswith(".trades")}


def test_removing_nothing_says_so() -> None:
    out = StringIO()
    call_command("import_taxonomies", remove=True, stdout=out)
    assert out.getvalue() == "Nothing was imported.\n"


def test_a_folder_that_is_none_is_refused(official: Path, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="is not a folder"):
        call_command("import_taxonomies", tmp_path / "nowhere")
    with pytest.raises(CommandError, match="Give the folder of the downloads, or --remove"):
        call_command("import_taxonomies")
    with pytest.raises(CommandError, match="Give the folder of the downloads, or --remove"):
        call_command("import_taxonomies", official, remove=True)


def test_a_refused_import_leaves_the_former_one(official: Path, nadia: Person) -> None:
    imported(official)
    about = taxonomy.bridge().about()
    (official / "rome/unix_coherence_item_v900_utf8.csv").write_text("code,ogr\n")

    with pytest.raises(CommandError, match=r"Nothing was changed\. unix_coherence.* has no column"):
        imported(official)

    assert taxonomy.bridge().about() == about
    assert found() == [str(nadia.pk)]


@pytest.mark.parametrize("opened", [True, False])
def test_what_was_imported_and_is_damaged_costs_the_bridge_alone(
    official: Path, nadia: Person, *, opened: bool
) -> None:
    imported(official)
    assert found() == [str(nadia.pk)]
    for path in taxonomy.folder().glob("*/entries-0.index"):
        path.write_bytes(b"not a database" * 1000)
    if opened:
        taxonomy.bridge()._current._open.ways.cache_clear()  # type: ignore[union-attr]
    else:
        taxonomy.close()

    assert found() == []
    assert found("Rapprocher des écritures comptables") == [str(nadia.pk)]
    assert not list(Path(settings.VAR_DIR).glob("*.damaged"))


def test_a_bridge_that_cannot_be_kept_serves_all_the_same(official: Path, nadia: Person) -> None:
    call_command("import_taxonomies", official, stdout=StringIO())
    taxonomy.close()
    derived = Path(settings.VAR_DIR) / f"{index.PEOPLE.file}.trades"
    shutil.rmtree(derived, ignore_errors=True)
    derived.write_bytes(b"")  # no folder can be made of it, as on a full disk

    assert found() == [str(nadia.pk)]


def test_the_duty_of_the_worker_keeps_the_bridge_ready(official: Path, nadia: Person) -> None:
    imported(official)
    index.read_what_changed(timezone.now())
    derived = Path(settings.VAR_DIR) / f"{index.PEOPLE.file}.trades"

    assert len(list(derived.iterdir())) >= 1
    assert found() == [str(nadia.pk)]


def test_a_fresh_index_forgets_what_was_derived_of_the_former(
    official: Path, nadia: Person
) -> None:
    imported(official)
    call_command("reindex", fresh=True, stdout=StringIO())
    assert found() == [str(nadia.pk)]


def suggestion(author: Person, hub: Hub) -> matching.Suggestion:
    need = make_need(author, hub, title="Une teneuse de livres", text=NEED)
    [only] = matching.suggest(need, now=timezone.now(), count=3)
    return only


def test_the_reason_tells_the_path_in_both_languages(
    official: Path, hub: Hub, nadia: Person
) -> None:
    imported(official)
    why = suggestion(make_resident(hub, given_name="Léa"), hub).reasons

    with translation.override("fr"):
        assert reasons.about_helper(why, "Nadia").startswith(
            "Ce besoin touche au métier «\u202fComptable\u202f» (ROME), dont Nadia déclare la "
            f"compétence «\u202f{why['label_fr']}\u202f»"
        )
        assert reasons.for_helper(why, "Léa").startswith(
            "On te demande parce que ce besoin touche au métier «\u202fComptable\u202f» (ROME)"
        )
    with translation.override("en"):
        assert reasons.about_helper(why, "Nadia").startswith(
            "This need touches the trade “Comptable” (ROME), of which Nadia declares the skill “"
        )
    assert why["label_fr"] in ("Rapprocher des écritures comptables", "Plan comptable général")
