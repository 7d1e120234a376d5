"""Whether a sentence is one of a French catalogue: ours, Django's, or the log-in library's."""

import re
from collections.abc import Iterator
from functools import cache
from html import unescape
from pathlib import Path

import allauth
import django
import polib
from django.apps import apps

PLACE = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")


def is_french(sentences: str) -> bool:
    return any(known.fullmatch(_plain(sentences)) for known in _known())


@cache
def _known() -> list[re.Pattern[str]]:
    """Several errors of one field stand one after the other."""
    patterns = [
        ".+".join(re.escape(part) for part in PLACE.split(_plain(text))) for text in _translated()
    ]
    return [re.compile(f"(?:{'|'.join(sorted(set(patterns), key=len, reverse=True))}| )+", re.S)]


def _plain(text: str) -> str:
    return " ".join(unescape(text).replace("\u00a0", " ").replace("\u202f", " ").split())


def _translated() -> Iterator[str]:
    for entry in (entry for path in _catalogues() for entry in polib.pofile(str(path))):
        for text in (entry.msgstr, *entry.msgstr_plural.values()):
            if _says_something(text) and (text != entry.msgid or len(text) < 12):
                yield text


def _says_something(text: str) -> bool:
    """« %(name)s : %(title)s » would pass anything for French."""
    return bool(text) and (
        not PLACE.search(text) or len(re.findall(r"\w", PLACE.sub("", text))) > 3
    )


def _catalogues() -> Iterator[Path]:
    folders = [Path(django.__file__).parent / "conf", Path(allauth.__file__).parent]
    folders += [Path(config.path) for config in apps.get_app_configs()]
    for folder in {*folders}:
        yield from folder.glob("locale/fr/LC_MESSAGES/django.po")
