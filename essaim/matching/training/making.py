"""From the folder of the classifications to the file of the encoder."""

from pathlib import Path

from essaim.matching import encoder, taxonomies
from essaim.matching.training.corpus import corpus
from essaim.matching.training.descent import Progress, Settings, learn
from essaim.matching.training.pairs import pairs

SOURCES = (taxonomies.ROME_SOURCE, taxonomies.ESCO_SOURCE)


def make(folder: Path, output: Path, settings: Settings, progress: Progress) -> str:
    """Writes the encoder and returns the SHA-256 of its content.

    The same files, settings and versions of NumPy and SciPy on one kind of processor give the
    same content; elsewhere the last digits may differ.
    """
    drawn = pairs(taxonomies.read(folder), seed=settings.seed)
    texts = corpus(drawn)
    vectors = learn(texts, settings, progress)
    return encoder.write(
        output, texts.hashes.astype("u4"), vectors, sources=SOURCES, seed=settings.seed
    )
