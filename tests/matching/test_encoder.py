import random
from pathlib import Path

import numpy as np
import pytest

from essaim.matching import encoder, features, taxonomies
from essaim.matching.encoder import EncoderUnreadableError, SubwordEncoder
from essaim.matching.features import Word
from essaim.matching.text import french_stem
from essaim.matching.training.descent import Settings
from essaim.matching.training.making import make
from essaim.matching.training.pairs import misspelt, pairs
from tests.matching import taxonomy_files

SETTINGS = Settings(dims=16, epochs=40, batch=32)


def _silent(_share: float, _loss: float) -> None:
    """Nobody watches."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return taxonomy_files.write(tmp_path_factory.mktemp("taxonomies"))


@pytest.fixture(scope="module")
def trained(folder: Path) -> SubwordEncoder:
    make(folder, folder / "encoder.bin", SETTINGS, _silent)
    return SubwordEncoder(folder / "encoder.bin")


def _likeness(trained: SubwordEncoder, one: str, other: str) -> float:
    left, right = trained.encode([one, other])
    return float(left @ right)


def test_a_text_becomes_a_vector_of_length_one(trained: SubwordEncoder) -> None:
    vectors = trained.encode(["visiter une ruche", "tenir les comptes"])

    assert vectors.shape == (2, 16)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1, 1])


def test_words_never_met_make_no_vector(trained: SubwordEncoder) -> None:
    assert not trained.encode(["", "de la", "🐝", "مرحبا", "qwzx"]).any()


def test_nothing_to_encode_is_no_row(trained: SubwordEncoder) -> None:
    assert trained.encode([]).shape == (0, 16)


@pytest.mark.parametrize(
    ("one", "near", "far"),
    [
        ("apicultrice", "visiter une ruche", "saisir des écritures comptables"),
        ("keep bees", "élever des abeilles", "tenir des comptes"),
        ("maquettiste", "composer une affiche", "extraire le miel"),
        ("comtable", "tenir des comptes", "extraire le miel"),
    ],
    ids=["trade and skill", "both languages", "synonyms", "misspelt"],
)
def test_what_belongs_together_lies_closer(
    trained: SubwordEncoder, one: str, near: str, far: str
) -> None:
    assert _likeness(trained, one, near) > _likeness(trained, one, far) + 0.3


def test_case_accents_and_order_of_letters_typed_change_nothing(trained: SubwordEncoder) -> None:
    assert _likeness(trained, "Élever des ABEILLES", "elever des abeilles") == pytest.approx(1)


def test_the_same_seed_gives_the_same_encoder(folder: Path, trained: SubwordEncoder) -> None:
    again = make(folder, folder / "again.bin", SETTINGS, _silent)

    assert again == trained.about["sha256"]
    assert (folder / "again.bin").read_bytes() == (folder / "encoder.bin").read_bytes()


def test_another_seed_gives_another_encoder(folder: Path, trained: SubwordEncoder) -> None:
    other = Settings(dims=16, epochs=1, batch=32, seed=2)

    assert make(folder, folder / "other.bin", other, _silent) != trained.about["sha256"]


def test_four_bits_lose_little(tmp_path: Path) -> None:
    chance = np.random.default_rng(1)
    hashes = np.unique([hash_ for word in ("ruche", "miel") for hash_ in _hashes(word)])
    vectors = chance.standard_normal((len(hashes), 64)).astype(np.float32)

    encoder.write(tmp_path / "some.bin", hashes.astype("u4"), vectors)

    found = SubwordEncoder(tmp_path / "some.bin").encode(["ruche"])[0]
    exact = vectors[np.isin(hashes, _hashes("ruche"))].sum(axis=0)
    assert found @ (exact / np.linalg.norm(exact)) > 0.99


def _hashes(word: str) -> list[int]:
    return features.of_word(Word(word, french_stem(word)))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK\x03\x04",
        encoder.MAGIC + b"{no json\n",
        encoder.MAGIC + b"[]\n",
        encoder.MAGIC + b"{}\n",
    ],
)
def test_another_file_is_no_encoder(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "file").write_bytes(content)

    with pytest.raises(EncoderUnreadableError):
        SubwordEncoder(tmp_path / "file")


def test_a_file_cut_short_is_refused(folder: Path, trained: SubwordEncoder) -> None:
    whole = (folder / "encoder.bin").read_bytes()
    (folder / "short.bin").write_bytes(whole[:-500])

    with pytest.raises(EncoderUnreadableError, match="cut short"):
        SubwordEncoder(folder / "short.bin")


def test_pairs_never_join_a_text_to_itself_nor_one_classification_to_the_other(
    folder: Path,
) -> None:
    read = taxonomies.read(folder)
    rome = {text for trade in read.trades for text in [*trade.wordings, *trade.skills]}
    esco = {text for one in read.skills for texts in one.wordings.values() for text in texts}
    drawn = pairs(read, seed=1)

    joined = [pair for kind, some in drawn.items() if kind != "misspelt" for pair in some]
    assert len(joined) > 50
    assert not [pair for pair in joined if pair[0] == pair[1]]
    assert not [
        pair
        for pair in joined
        if {pair[0] in rome, pair[1] in rome} == {True, False}
        and {pair[0] in esco, pair[1] in esco} == {True, False}
    ]


def test_a_misspelt_word_keeps_its_first_letter_and_short_words_are_kept() -> None:
    chance = random.Random(3)

    written = [misspelt("Rapprocher des comptes", chance) for _ in range(200)]

    assert {text.split()[1] for text in written} == {"des"}
    assert {text[0] for text in written} == {"R"}
    assert "Rapprocher des comptes" in written
    assert len(set(written)) > 40


def test_the_encoder_shipped_is_what_its_header_says() -> None:
    shipped = encoder.default_encoder()

    assert encoder.digest(shipped.parts) == shipped.about["sha256"]
    assert shipped.dims == 128


@pytest.mark.parametrize(
    ("one", "near", "far"),
    [
        ("relire mon plan de financement", "Montage financier", "Réparation de vélos"),
        ("review my funding plan", "Plan de financement", "Peinture en bâtiment"),
        ("community manager", "Animation des réseaux sociaux", "Assistant social"),
    ],
)
def test_the_encoder_shipped_knows_what_hives_talk_about(one: str, near: str, far: str) -> None:
    asked, right, wrong = encoder.default_encoder().encode([one, near, far])

    assert asked @ right > asked @ wrong + 0.1
