"""French catalogues, one per app: extracted with Babel, kept with polib; no system tool is needed.

Entries are sorted and carry no line numbers, so that two people's changes merge by themselves.
"""

import io
import os
import re
from collections.abc import Iterator
from pathlib import Path

import polib
from django.utils.translation import template as django_template

# gettext function -> where its arguments are (Babel's notation).
KEYWORDS = {
    name: spec
    for base, spec in {
        "gettext": (1,),
        "ngettext": (1, 2),
        "pgettext": ((1, "c"), 2),
        "npgettext": ((1, "c"), 2, 3),
    }.items()
    for name in (base, f"{base}_lazy", f"{base}_noop")
} | {"_": (1,)}

Key = tuple[str | None, str, str | None]


def messages_of(app: Path) -> set[Key]:
    """Every (context, msgid, plural) in the app's Python files and templates."""
    return {key for source in _sources(app) for key in _extract(source)}


def _sources(app: Path) -> Iterator[str]:
    for path in sorted(app.rglob("*.py")):
        if "migrations" not in path.parts:
            yield path.read_text()
    for path in sorted((app / "templates").rglob("*")):
        if path.suffix in {".html", ".txt"}:
            # Django turns a template into gettext calls; the rest of it becomes noise, whose
            # indentation means nothing.
            lines = django_template.templatize(path.read_text(), origin=str(path)).splitlines()
            yield "\n".join(line.strip() for line in lines)


def _extract(source: str) -> Iterator[Key]:
    from babel.messages.extract import extract  # a development dependency

    for _line, message, _comments, context in extract(
        "python", io.BytesIO(source.encode()), keywords=KEYWORDS
    ):
        parts = [message] if isinstance(message, str) else list(message)
        if parts and parts[0]:
            yield context, parts[0], parts[1] if len(parts) > 1 else None


def catalogue_path(app: Path) -> Path:
    return app / "locale" / "fr" / "LC_MESSAGES" / "django.po"


def read(app: Path) -> polib.POFile:
    path = catalogue_path(app)
    po = polib.pofile(str(path)) if path.exists() else polib.POFile()
    po.wrapwidth = 0
    return po


def update(app: Path) -> bool:
    """Adds new messages (empty), drops obsolete ones; tells whether the file changed."""
    wanted = messages_of(app)
    if not wanted and not catalogue_path(app).exists():
        return False
    fresh = polib.POFile(wrapwidth=0)
    fresh.metadata = {
        "Content-Type": "text/plain; charset=UTF-8",
        "Language": "fr",
        "Plural-Forms": "nplurals=2; plural=(n > 1);",
    }
    for entry in _entries(wanted, read(app)):
        fresh.append(entry)
    return _write(fresh, catalogue_path(app))


def _entries(wanted: set[Key], old: polib.POFile) -> list[polib.POEntry]:
    known: dict[tuple[str | None, str], polib.POEntry] = {
        (e.msgctxt, e.msgid): e for e in old if e.translated()
    }
    entries = {}
    # A message said once alone and once with a plural is one entry, with the plural.
    for context, msgid, plural in sorted(wanted, key=lambda k: (k[1], k[0] or "", k[2] or "")):
        entry = polib.POEntry(msgctxt=context, msgid=msgid, msgid_plural=plural or "")
        if "%(" in msgid or (plural and "%(" in plural):
            entry.flags = ["python-format"]
        _translate(entry, known.get((context, msgid)))
        entries[context, msgid] = entry
    return list(entries.values())


def _translate(entry: polib.POEntry, old: polib.POEntry | None) -> None:
    if not entry.msgid_plural:
        entry.msgstr = old.msgstr if old else ""
    elif old and old.msgstr_plural:
        entry.msgstr_plural = old.msgstr_plural
    else:
        entry.msgstr_plural = {0: "", 1: ""}


def _write(po: polib.POFile, path: Path) -> bool:
    text = str(po).rstrip() + "\n"
    if path.exists() and path.read_text() == text:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return True


def problems(app: Path) -> list[str]:
    """What keeps the French catalogue from being complete and true."""
    po = read(app)
    known = {(e.msgctxt, e.msgid) for e in po}
    wanted = {(context, msgid) for context, msgid, _plural in messages_of(app)}
    return [
        *(f"missing: {msgid}" for _context, msgid in sorted(wanted - known, key=str)),
        *(f"no longer used: {msgid}" for _context, msgid in sorted(known - wanted, key=str)),
        *(f"not translated: {entry.msgid}" for entry in po if not entry.translated()),
        *(f"placeholders differ: {entry.msgid}" for entry in po if _placeholders_differ(entry)),
    ]


def _placeholders_differ(entry: polib.POEntry) -> bool:
    def names(text: str) -> set[str]:
        return set(re.findall(r"%\(\w+\)", text))

    texts = [entry.msgstr] if entry.msgstr else [str(t) for t in entry.msgstr_plural.values()]
    allowed = names(entry.msgid) | names(entry.msgid_plural)
    return any(names(text) - allowed for text in texts)


def compile_catalogue(app: Path) -> None:
    """Unless done since the last change; whoever reads meanwhile has the former one, whole."""
    path = catalogue_path(app)
    compiled = path.with_suffix(".mo")
    if not path.exists() or _changed_at(compiled) > _changed_at(path):
        return
    written = path.with_suffix(f".{os.getpid()}.mo")
    read(app).save_as_mofile(str(written))
    written.replace(compiled)


def _changed_at(path: Path) -> int:
    return path.stat().st_mtime_ns if path.exists() else 0
