from pathlib import Path

import pytest

from essaim.matching import taxonomies
from essaim.matching.taxonomies import TaxonomyError
from tests.matching import taxonomy_files


def test_a_trade_gathers_its_wordings_what_it_is_and_what_one_knows(tmp_path: Path) -> None:
    bees, accounts, _posters = taxonomies.read(taxonomy_files.write(tmp_path)).trades

    assert bees.code == "X1101"
    assert bees.wordings == [
        "Apiculteur / Apicultrice",
        "Éleveur / Éleveuse d'abeilles",
        "Récoltant / Récoltante de miel",
    ]
    # Neither the way to become one nor doubled apostrophes.
    assert bees.definition == "Élève des abeilles et récolte l'or des ruches."
    assert accounts.skills == [
        "Rapprocher des écritures comptables",
        "Saisir des écritures comptables",
        "Plan comptable général",
    ]


def test_abilities_alone_in_their_family_make_none(tmp_path: Path) -> None:
    assert taxonomies.read(taxonomy_files.write(tmp_path)).families == [
        ["Visiter une ruche", "Extraire le miel d'une ruche"],
        ["Rapprocher des écritures comptables", "Saisir des écritures comptables"],
    ]


def test_a_concept_has_both_languages_even_when_one_file_lacks_it(tmp_path: Path) -> None:
    bees, _accounts, posters = taxonomies.read(taxonomy_files.write(tmp_path)).skills

    assert bees.id == "s1"
    assert bees.wordings["fr"] == [
        "élever des abeilles",
        "soigner des ruches",
        "conduire un rucher",
    ]
    assert bees.wordings["en"] == ["keep bees", "tend beehives"]
    assert bees.description == "Look after bees and their hives."
    assert posters.wordings == {"en": ["design posters"]}


def test_files_of_windows_are_read(tmp_path: Path) -> None:
    taxonomy_files.write(tmp_path)
    path = tmp_path / "rome/unix_referentiel_appellation_v900_utf8.csv"
    path.write_bytes(path.read_text(encoding="utf-8").encode("cp1252"))

    assert taxonomies.read(tmp_path).trades[0].wordings[1] == "Éleveur / Éleveuse d'abeilles"


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    taxonomy_files.write(tmp_path)
    (tmp_path / "esco/skills_en.csv").unlink()

    with pytest.raises(TaxonomyError, match=r"No file skills_en\*\.csv in"):
        taxonomies.read(tmp_path)


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    taxonomy_files.write(tmp_path)
    path = tmp_path / "rome/unix_referentiel_savoir_v900_utf8.csv"
    path.write_text("code_ogr_savoir,nom\n1,Ruches\n", encoding="utf-8")

    with pytest.raises(TaxonomyError, match="has no column libelle or libelle_savoir"):
        taxonomies.read(tmp_path)
