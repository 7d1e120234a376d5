"""From a need to people who declare the skills of the trade it touches, by an imported taxonomy.

Need to P(entry | need), profile to P(entry | profile), and their product: an entry is a trade of
ROME or ESCO, or a skill of ESCO. Nothing here joins one classification to another.

    schemes     what the operator imported, on disk: built beside, replaced in one stroke
    items       which entries a line speaks of
    profiles    which entries a document speaks of: derived from a segment, beside it
    crossing    one search through the bridge
"""

from collections.abc import Callable
from pathlib import Path

from essaim.matching.bridge.crossing import Crossing
from essaim.matching.bridge.profiles import Shelves
from essaim.matching.bridge.schemes import About, Current
from essaim.matching.encoder import Encoder
from essaim.matching.index import Index
from essaim.matching.store import IndexUnreadableError

__all__ = ["About", "Bridge"]

# How many new lines a search reads before it answers; the rest waits for `prepare`.
AT_ONCE = 200


class Bridge:
    """What was imported in `folder`, for all threads and processes; nothing until it is.

    An import or a removal by another process is seen by the next search. The indexes searched must
    have been given the same encoder.
    """

    def __init__(self, folder: Path, encoder: Encoder) -> None:
        self._current = Current(folder, encoder)
        self._shelves = Shelves()

    def close(self) -> None:
        self._current.close()
        self._shelves.close()

    def about(self) -> About | None:
        """What is imported; None when nothing is, or when it was made for another encoder."""
        found = self._current.found()
        return found.about if found else None

    def crossing(self, text: str, path: str) -> Crossing | None:
        """The bridge for one search of the index at `path`; None when the text names no trade."""
        found = self._current.found()
        try:
            ways = found.ways(text) if found else ()
        except IndexUnreadableError:
            # A file of what was imported: told as it is, it would be that of the index searched.
            return None
        if found is None or not any(ways):
            return None
        shelf = self._shelves.of(path, found)
        return Crossing(ways, found.schemes, lambda segments: shelf.profiles(segments, AT_ONCE))

    def prepare(self, index: Index, tell: Callable[[float], object] | None = None) -> None:
        """Reads what no search has read yet of `index`: 6,000 new lines a second.

        `tell` is given the share that is done. To be called now and then by whoever has time,
        and after an import.
        """
        found = self._current.found()
        shelf = self._shelves.of(index.path, found) if found else None
        if shelf is None:
            self._shelves.forget(index.path)
        else:
            shelf.prepare(index.segments(), tell)
