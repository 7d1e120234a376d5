import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from essaim.matching import Document, Hit, Index, bridge, taxonomies
from essaim.matching.bridge import Bridge, schemes
from essaim.matching.taxonomies import TaxonomyError
from tests.matching import taxonomy_files
from tests.matching.hashed import HashedEncoder

ENCODER = HashedEncoder()
BEES = ["Visiter une ruche", "Biologie des abeilles"]
ACCOUNTS = ["Rapprocher des écritures comptables", "Plan comptable général"]
NEED = "je cherche une teneuse de livres"


class OtherEncoder(HashedEncoder):
    version = "2"


@pytest.fixture
def official(tmp_path: Path) -> Path:
    return taxonomy_files.write(tmp_path / "official")


@pytest.fixture
def folder(tmp_path: Path, official: Path) -> Path:
    schemes.install(tmp_path / "taxonomies", taxonomies.schemes(official), ENCODER)
    return tmp_path / "taxonomies"


@pytest.fixture
def over(folder: Path) -> Iterator[Bridge]:
    found = Bridge(folder, ENCODER)
    yield found
    found.close()


@pytest.fixture(autouse=True)
def no_grace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schemes, "GRACE_SECONDS", 0.0)


def person(name: str, lines: Sequence[str], **facets: str) -> Document:
    return Document(name, 1, "", lines, facets)


def people_in(path: Path | str) -> Index:
    index = Index(path, ENCODER)
    index.put([person("bea", BEES, hub="lille"), person("ada", ACCOUNTS, hub="metz")])
    return index


def ids(hits: Sequence[Hit]) -> list[str]:
    return [hit.id for hit in hits]


def test_who_declares_the_skills_of_the_trade_is_found_and_the_path_told(over: Bridge) -> None:
    with people_in(":memory:") as index:
        assert index.search(NEED) == []
        [hit] = index.search(NEED, bridge=over)

    assert hit.id == "ada"
    path = hit.reasons.path
    assert path
    assert (path.taxonomy, path.kind, path.code) == ("ROME", "trade", "X1102")
    assert path.labels == {"fr": "Comptable"}
    assert path.line in ACCOUNTS
    assert 0 < hit.parts["bridge"] <= 1


def test_words_that_say_more_than_the_bridge_stay_the_reason(over: Bridge) -> None:
    with people_in(":memory:") as index:
        [hit, *_] = index.search("plan comptable général", bridge=over)

    assert hit.id == "ada"
    assert hit.reasons.path is None
    assert hit.reasons.line == "Plan comptable général"


@pytest.mark.parametrize("text", ["bonjour", "zzz", "", "🐝", "réparer une fuite d'eau"])
def test_a_wild_guess_brings_nobody(over: Bridge, text: str) -> None:
    with people_in(":memory:") as index:
        assert index.search(text, bridge=over) == index.search(text)


def test_filters_leak_nobody(over: Bridge) -> None:
    with people_in(":memory:") as index:
        assert index.search(NEED, within=["bea"], bridge=over) == []
        assert index.search(NEED, within=[], bridge=over) == []
        assert index.search(NEED, facets={"hub": "lille"}, bridge=over) == []
        assert ids(index.search(NEED, facets={"hub": "metz"}, bridge=over)) == ["ada"]


def test_who_leaves_or_changes_is_found_no_more(over: Bridge) -> None:
    with people_in(":memory:") as index:
        index.search(NEED, bridge=over)
        index.put([person("ada", BEES)])
        assert index.search(NEED, bridge=over) == []
        index.put([person("zoe", ACCOUNTS)])
        assert ids(index.search(NEED, bridge=over)) == ["zoe"]
        index.remove(["zoe"])
        assert index.search(NEED, bridge=over) == []


SKILL = st.sampled_from([*BEES, *ACCOUNTS, "Composer une affiche", "Ruches et affiches", "zzz"])
PEOPLE = st.lists(
    st.tuples(st.sampled_from("abcd"), st.lists(SKILL, max_size=4), st.sampled_from(["x", "y"])),
    max_size=8,
)
TEXT = st.sampled_from([NEED, "apicultrice", "maquettiste", "beekeeper", "tenir des comptes", "zz"])
SLOWLY = settings(
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@SLOWLY
@given(people=PEOPLE, text=TEXT, within=st.sets(st.sampled_from("abcdz")))
def test_whoever_is_put_and_filtered_the_bridge_holds(
    over: Bridge, people: list[tuple[str, list[str], str]], text: str, within: set[str]
) -> None:
    documents = {name: person(name, lines, hub=hub) for name, lines, hub in people}
    with Index(":memory:", ENCODER) as lived, Index(":memory:", ENCODER) as fresh:
        for name, lines, hub in people:
            lived.put([person(name, lines, hub=hub)])
        fresh.put(documents.values())
        hits = lived.search(text, bridge=over)
        assert hits == fresh.search(text, bridge=over)
        assert hits == sorted(hits, key=lambda hit: (-hit.score, hit.id))
        found = {hit.id for hit in hits}
        some = lived.search(text, within=within, facets={"hub": "x"}, bridge=over)
        assert {hit.id for hit in some} == {
            one for one in found & within if documents[one].facets["hub"] == "x"
        }
        for hit in hits:
            assert 0 <= hit.score <= 1
            path = hit.reasons.path
            assert path is None or path.line in documents[hit.id].lines


def test_removal_leaves_no_trace(tmp_path: Path, folder: Path, over: Bridge) -> None:
    with people_in(tmp_path / "people") as index:
        over.prepare(index)
        assert ids(index.search(NEED, bridge=over)) == ["ada"]
        assert (tmp_path / "people.trades").exists()

        assert schemes.remove(folder)
        over.prepare(index)

        assert index.search(NEED, bridge=over) == []
    assert over.about() is None
    assert not folder.exists()
    assert not (tmp_path / "people.trades").exists()
    assert not schemes.remove(folder)


def test_another_process_reads_what_one_derived(tmp_path: Path, folder: Path, over: Bridge) -> None:
    with people_in(tmp_path / "people") as index:
        over.prepare(index)
    [companion] = (tmp_path / "people.trades").iterdir()
    written = companion.stat().st_mtime_ns

    other = Bridge(folder, ENCODER)
    with Index(tmp_path / "people", ENCODER) as index:
        assert ids(index.search(NEED, bridge=other)) == ["ada"]
    other.close()

    assert companion.stat().st_mtime_ns == written


@pytest.mark.parametrize("left", [b"", b"nothing of ours", None])
def test_what_was_derived_is_remade_when_damaged(
    tmp_path: Path, folder: Path, over: Bridge, left: bytes | None
) -> None:
    with people_in(tmp_path / "people") as index:
        over.prepare(index)
        [companion] = (tmp_path / "people.trades").iterdir()
        content = companion.read_bytes()
        companion.write_bytes(content[:-1] if left is None else left)

        other = Bridge(folder, ENCODER)
        assert ids(index.search(NEED, bridge=other)) == ["ada"]
        other.close()

    assert companion.read_bytes() == content


def test_many_new_lines_wait_for_whoever_has_time(
    over: Bridge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bridge, "AT_ONCE", 1)
    told: list[float] = []
    with people_in(":memory:") as index:
        assert index.search(NEED, bridge=over) == []
        over.prepare(index, told.append)
        assert ids(index.search(NEED, bridge=over)) == ["ada"]
    assert told == sorted(told)
    assert all(0 <= share <= 1 for share in told)


def test_a_new_version_takes_the_place_of_the_former(
    folder: Path, official: Path, over: Bridge
) -> None:
    former = over.about()
    path = official / "rome/unix_referentiel_appellation_v900_utf8.csv"
    path.write_text(path.read_text(encoding="utf-8") + "41,Notaire,Notaire,X1102,SYNONYME\n")

    about = schemes.install(folder, taxonomies.schemes(official), ENCODER)

    assert over.about() == about != former
    assert {path.name for path in folder.iterdir()} == {"current", schemes.named(folder)}


def test_whoever_is_killed_in_the_middle_leaves_the_former_version(
    folder: Path, official: Path, over: Bridge
) -> None:
    about = over.about()

    def killed(share: float) -> None:
        if share > 0.5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        schemes.install(folder, taxonomies.schemes(official), ENCODER, killed)

    assert over.about() == about
    with people_in(":memory:") as index:
        assert ids(index.search(NEED, bridge=over)) == ["ada"]
    schemes.install(folder, taxonomies.schemes(official), ENCODER)
    assert {path.name for path in folder.iterdir()} == {"current", schemes.named(folder)}


def test_another_encoder_waits_until_the_version_is_made_again(folder: Path) -> None:
    encoder = OtherEncoder()
    over = Bridge(folder, encoder)
    assert over.about() is None

    about = schemes.mend(folder, encoder)

    assert over.about() == about
    assert schemes.mend(folder, encoder) == about
    over.close()


def test_a_lost_file_of_a_version_closes_the_bridge(folder: Path) -> None:
    for items in folder.glob("*/items-0.bin"):
        items.unlink()
    over = Bridge(folder, ENCODER)

    assert over.about() is None
    with people_in(":memory:") as index:
        assert index.search(NEED, bridge=over) == []


def test_an_index_without_vectors_has_no_bridge(over: Bridge) -> None:
    with Index(":memory:") as index:
        index.put([person("ada", ACCOUNTS)])
        assert index.search(NEED, bridge=over) == []


@pytest.mark.parametrize(
    ("kept", "names"), [("rome", ["ROME"]), ("esco", ["ESCO"]), ("", ["ROME", "ESCO"])]
)
def test_either_classification_is_enough(official: Path, kept: str, names: list[str]) -> None:
    for other in {"rome", "esco"} - {kept} if kept else ():
        shutil.rmtree(official / other)

    assert [scheme.name for scheme in taxonomies.schemes(official)] == names


def test_esco_gives_skills_or_occupations_when_it_tells_what_they_take(official: Path) -> None:
    shutil.rmtree(official / "rome")
    [skills] = taxonomies.schemes(official)
    (official / "esco/occupationSkillRelations_fr.csv").write_text(
        "occupationUri,relationType,skillType,skillUri\n"
        "https://example.org/esco/occupation/o1,essential,skill/competence,"
        "https://example.org/esco/skill/s1\n"
    )
    [occupations] = taxonomies.schemes(official)

    assert (skills.kind, occupations.kind) == ("skill", "trade")
    [keeper] = occupations.entries
    assert keeper.labels == {"fr": "apiculteur/apicultrice", "en": "beekeeper"}
    assert keeper.skills == ["élever des abeilles", "keep bees"]


def test_esco_in_one_language_is_enough(official: Path) -> None:
    shutil.rmtree(official / "rome")
    for path in (official / "esco").glob("*_en.csv"):
        path.unlink()

    [scheme] = taxonomies.schemes(official)

    assert scheme.entries[0].labels == {"fr": "élever des abeilles"}


def test_a_folder_with_neither_says_so(tmp_path: Path) -> None:
    (tmp_path / "budget.csv").write_text("a,b\n")
    with pytest.raises(TaxonomyError, match="neither the CSV files of ROME nor those of ESCO"):
        taxonomies.schemes(tmp_path)

    (tmp_path / "rome.zip").write_bytes(b"PK")
    with pytest.raises(TaxonomyError, match=r"archives \(rome\.zip\): unpack them first"):
        taxonomies.schemes(tmp_path)


def test_part_of_rome_names_what_is_missing(official: Path) -> None:
    (official / "rome/unix_coherence_item_v900_utf8.csv").unlink()

    with pytest.raises(TaxonomyError, match=r"No file liens_code_item\*\.csv or unix_coherence"):
        taxonomies.schemes(official)


def test_files_of_two_versions_are_refused(official: Path) -> None:
    path = official / "rome/unix_coherence_item_v900_utf8.csv"
    path.write_text("code_rome,code_ogr,coeur_metier\nZ9999,1,\n")

    with pytest.raises(TaxonomyError, match="of ROME hold no entry"):
        taxonomies.schemes(official)
