"""The file of what matching learned from the answers given here (`learning`); seldom there."""

import json
import logging
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from essaim.matching.ranking import Laws

logger = logging.getLogger(__name__)


def path() -> Path:
    return Path(settings.VAR_DIR) / "matching-weights.json"


def keep(laws: Laws) -> None:
    """Written beside, then renamed: a search reads the former file or the new one."""
    beside = path().with_suffix(".new")
    beside.write_text(json.dumps(laws.as_dict(), indent=1), encoding="utf-8")
    beside.replace(path())


def forget() -> bool:
    """Back to the shipped weights; tells whether there were others."""
    known = path().exists()
    path().unlink(missing_ok=True)
    return known


@dataclass
class _Read:
    """What this process read last, and from which file."""

    stamp: tuple[int, int] | None = None
    laws: Laws | None = None


_read = _Read()


def laws() -> Laws | None:
    """Read again when it is another file. None, for the shipped ones, without a readable file."""
    try:
        status = path().stat()
        stamp = (status.st_ino, status.st_mtime_ns)
        if _read.stamp != stamp:
            _read.stamp, _read.laws = stamp, None
            _read.laws = Laws.from_dict(json.loads(path().read_text(encoding="utf-8")))
    except FileNotFoundError:
        _read.stamp, _read.laws = None, None
    except (OSError, ValueError):
        logger.exception("The learned weights of matching are not readable; those shipped serve")
    return _read.laws
