"""What the card of an encounter quotes: one line that is relevant, one that surprises."""

from dataclasses import dataclass

import numpy as np

from essaim.matching.encoder import Encoder
from essaim.matching.encounters import Guest
from essaim.matching.wanting import Floats, answers, vectors


@dataclass(frozen=True)
class Evidence:
    """Of `other` as `reader` should meet them: positions in their offers and wants, or None.

    `offer` answers `want` of the reader best; `surprising` is the offer least like anything that
    the reader wants or offers; `other_want` is the want of the other that the reader answers best.
    """

    want: int | None = None
    offer: int | None = None
    surprising: int | None = None
    other_want: int | None = None


def evidence(reader: Guest, other: Guest, encoder: Encoder) -> Evidence:
    """Never the same offer twice; None where somebody wrote nothing."""
    want, offer = _best(reader, other, encoder)
    other_want, _mine = _best(other, reader, encoder)
    if offer is None and other.offers:
        offer = _central(other, encoder)
    return Evidence(want, offer, _strangest(reader, other, encoder, offer), other_want)


def _best(one: Guest, other: Guest, encoder: Encoder) -> tuple[int | None, int | None]:
    """The want of one, and the offer of the other, that fit each other best."""
    if not one.wants or not other.offers:
        return None, None
    alone = [[offer] for offer in other.offers]
    found = answers([one.wants, *[[] for _ in alone]], [[], *alone], encoder).answer[:, 1:]
    want, offer = np.unravel_index(int(found.argmax()), found.shape)
    return int(want), int(offer)


def _central(other: Guest, encoder: Encoder) -> int:
    """The offer most like all that somebody offers."""
    said = vectors([offer.text for offer in other.offers], encoder)
    return int((said @ said.mean(axis=0)).argmax())


def _strangest(reader: Guest, other: Guest, encoder: Encoder, shown: int | None) -> int | None:
    left = [at for at in range(len(other.offers)) if at != shown]
    if not left:
        return None
    theirs = vectors([other.offers[at].text for at in left], encoder)
    mine = [*(want.text for want in reader.wants), *(offer.text for offer in reader.offers)]
    return left[int(_nearest(theirs, vectors(mine, encoder)).argmin())]


def _nearest(theirs: Floats, mine: Floats) -> Floats:
    near: Floats = (theirs @ mine.T).max(axis=1, initial=-1.0)
    return near
