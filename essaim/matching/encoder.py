"""From a text to a vector: texts that speak of one thing, in French or in English, lie close.

The vectors of features (see features.py) were trained from open taxonomies by
`essaim.matching.training`, and are kept as whole numbers of four bits with one scale per feature:
the loss of quality is within 0.002 MRR, for an eighth of the size. The file is mapped in memory,
so that the processes of one machine share it.
"""

import json
from collections.abc import Sequence
from functools import cache
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import IO, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from essaim.matching import features
from essaim.matching.features import Word
from essaim.matching.text import french_stem

Vectors = NDArray[np.float32]

MAGIC = b"ESSAIM-ENCODER-1\n"
ALIGNMENT = 64
WORDS_KEPT = 20_000


class EncoderUnreadableError(Exception):
    """The file is not an encoder's, or is cut short."""


class Encoder(Protocol):
    """Anything that turns texts into vectors: the one shipped, or an operator's own.

    `name` and `version` change whenever a text would get another vector: what was encoded before
    is then encoded again.
    """

    name: str
    version: str
    dims: int

    def encode(self, texts: Sequence[str]) -> Vectors:
        """(texts, dims): a row of length 1 for each text, of zeros when it has no known word."""
        ...

    def knows(self, word: str) -> bool:
        """Whether a word, lower case and without accents, is one: it is then no misspelling."""
        ...


class SubwordEncoder:
    """Reads the file that `write` wrote; `EncoderUnreadableError` when it cannot."""

    name = "essaim-subword"

    def __init__(self, path: Path) -> None:
        header, start = _header(path)
        self.dims = header["dims"]
        self.version = header["sha256"][:16]
        self.about = header
        rows = header["rows"]
        shapes = [("<u4", (rows,)), ("<f2", (rows,)), ("u1", (rows, self.dims // 2))]
        self.parts = _mapped(path, start, shapes)
        self._hashes, self._scales, self._codes = self.parts
        self._words: dict[Word, Vectors] = {}

    def encode(self, texts: Sequence[str]) -> Vectors:
        sums = np.zeros((len(texts), self.dims), np.float32)
        for row, text in enumerate(texts):
            self._add(sums[row], text)
        lengths = np.linalg.norm(sums, axis=1, keepdims=True)
        vectors: Vectors = sums / np.maximum(lengths, 1e-9)
        return vectors

    def knows(self, word: str) -> bool:
        """Several texts of the training used the word, whatever its ending."""
        wanted = np.uint32(features.hashed("w", french_stem(word)))
        place = int(np.searchsorted(self._hashes, wanted))
        return place < len(self._hashes) and bool(self._hashes[place] == wanted)

    def _add(self, total: Vectors, text: str) -> None:
        previous = None
        neighbours = []
        for word in features.words(text):
            if word is not None:
                total += self._word(word)
                if previous is not None:
                    neighbours.append(features.of_neighbours(previous, word))
            previous = word
        if neighbours:
            total += self._sum(neighbours)

    def _word(self, word: Word) -> Vectors:
        vector = self._words.get(word)
        if vector is None:
            if len(self._words) >= WORDS_KEPT:
                self._words.clear()
            vector = self._words[word] = self._sum(features.of_word(word))
        return vector

    def _sum(self, hashes: list[int]) -> Vectors:
        wanted = np.array(hashes, np.uint32)
        places = np.minimum(np.searchsorted(self._hashes, wanted), len(self._hashes) - 1)
        places = places[self._hashes[places] == wanted]
        codes = self._codes[places]
        scales = self._scales[places].astype(np.float32)
        low = scales @ ((codes & 15).astype(np.float32) - 8)
        high = scales @ ((codes >> 4).astype(np.float32) - 8)
        return np.concatenate([low, high])


def write(path: Path, hashes: NDArray[np.uint32], vectors: Vectors, **about: object) -> str:
    """Writes an encoder and returns the SHA-256 of its content.

    `hashes`: (n,), sorted, without double. `vectors`: (n, dims) with an even `dims`.
    """
    scales = (np.abs(vectors).max(axis=1) / 7).astype("<f2")
    steps = np.maximum(scales.astype(np.float32), 1e-12)[:, None]
    codes = np.clip(np.rint(vectors / steps) + 8, 0, 15).astype(np.uint8)
    half = vectors.shape[1] // 2
    parts = [hashes.astype("<u4"), scales, codes[:, :half] | codes[:, half:] << 4]
    found = digest(parts)
    header = about | {"rows": len(hashes), "dims": vectors.shape[1], "sha256": found}
    with path.open("wb") as file:
        file.write(MAGIC + json.dumps(header, ensure_ascii=False, sort_keys=True).encode() + b"\n")
        for part in parts:
            file.write(bytes(-file.tell() % ALIGNMENT))
            file.write(part.tobytes())
    return found


def digest(parts: Sequence[NDArray[Any]]) -> str:
    """The SHA-256 of an encoder's content: hashes, scales and codes, in this order."""
    return sha256(b"".join(part.tobytes() for part in parts)).hexdigest()


@cache
def default_encoder() -> SubwordEncoder:
    """The encoder that is shipped: one for the process, its words kept."""
    return SubwordEncoder(Path(str(files("essaim.matching") / "data" / "encoder.bin")))


def _header(path: Path) -> tuple[dict[str, Any], int]:
    with path.open("rb") as file:
        if file.read(len(MAGIC)) != MAGIC:
            message = f"{path} is not an encoder"
            raise EncoderUnreadableError(message)
        return _json(file, path), file.tell()


def _json(file: IO[bytes], path: Path) -> dict[str, Any]:
    message = f"The header of {path} cannot be read"
    try:
        header = json.loads(file.readline(100_000))
    except ValueError as error:
        raise EncoderUnreadableError(message) from error
    if not isinstance(header, dict) or not header.keys() >= {"rows", "dims", "sha256"}:
        raise EncoderUnreadableError(message)
    return header


def _mapped(
    path: Path, start: int, shapes: list[tuple[str, tuple[int, ...]]]
) -> list[NDArray[Any]]:
    found: list[NDArray[Any]] = []
    for kind, shape in shapes:
        start += -start % ALIGNMENT
        try:
            found.append(np.memmap(path, kind, "r", start, shape))
        except ValueError as error:
            message = f"{path} is cut short"
            raise EncoderUnreadableError(message) from error
        start += found[-1].nbytes
    return found
