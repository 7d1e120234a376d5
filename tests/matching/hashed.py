"""A small encoder for tests: texts that share beginnings of words lie close."""

from collections.abc import Sequence
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from essaim.matching.text import plain


class HashedEncoder:
    """A bag of the first four letters of words, each a direction drawn from its own seed."""

    name = "hashed"
    version = "1"
    dims = 64

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        sums = np.zeros((len(texts), self.dims), np.float32)
        for row, text in enumerate(texts):
            for word in text.split():
                sums[row] += _direction(plain(word)[:4])
        lengths = np.linalg.norm(sums, axis=1, keepdims=True)
        return (sums / np.where(lengths > 0, lengths, 1)).astype(np.float32)

    def knows(self, word: str) -> bool:
        return False


def _direction(beginning: str) -> NDArray[np.float32]:
    if not beginning:
        return np.zeros(HashedEncoder.dims, np.float32)
    chance = np.random.default_rng(crc32(beginning.encode()))
    return chance.standard_normal(HashedEncoder.dims, np.float32)
