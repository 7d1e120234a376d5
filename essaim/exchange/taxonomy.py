"""The taxonomies that the operator imported, and the bridge over them to people.

Without an import there is no bridge, and a search costs one look at a file that is not there.
"""

from collections.abc import Callable
from pathlib import Path

from django.conf import settings

from essaim.matching import taxonomies
from essaim.matching.bridge import About, Bridge, schemes
from essaim.matching.encoder import default_encoder

FOLDER = "matching-taxonomies"

Tell = Callable[[float], object]
_open: dict[Path, Bridge] = {}


def folder() -> Path:
    return Path(settings.VAR_DIR) / FOLDER


def bridge() -> Bridge:
    path = folder()
    if path not in _open:
        _open[path] = Bridge(path, default_encoder())
    return _open[path]


def import_from(official: Path, tell: Tell) -> About:
    """`TaxonomyError` says what the folder lacks; what was imported before then stays."""
    return schemes.install(folder(), taxonomies.schemes(official), default_encoder(), tell)


def mend() -> None:
    """After an upgrade that brings another encoder; else it costs the reading of a small file."""
    schemes.mend(folder(), default_encoder())


def remove() -> bool:
    return schemes.remove(folder())


def close() -> None:
    while _open:
        _open.popitem()[1].close()
