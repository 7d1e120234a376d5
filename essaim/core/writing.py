"""What people type, made fit to be kept and shown."""

import re
import unicodedata

# Marks that turn the direction of what follows them on the page; single marks (LRM, RLM) and the
# joiners that emoji and Persian need stay.
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069\ufeff]")
_SEPARATORS = str.maketrans({"\u2028": "\n", "\u2029": "\n", "\t": " ", "\v": " ", "\f": " "})
# Control characters but the line break, and surrogates that are no half of anything.
_UNSEEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_WORD = re.compile(r"[^\W_]+")
SEARCH_LENGTH = 200
SEARCH_WORDS = 8


def prose(text: str) -> str:
    """Lines are kept; control characters, lone surrogates and turned directions are not."""
    if text.isascii() and text.isprintable():  # most cells of a spreadsheet
        return text.strip()
    lines = text.replace("\r\n", "\n").replace("\r", "\n").translate(_SEPARATORS)
    kept = _UNSEEN.sub("", _TURNING.sub("", lines))
    return unicodedata.normalize("NFC", kept).strip()


def line(text: str) -> str:
    """As `prose`, on one line, with single spaces (a non-breaking one stays as it is)."""
    return re.sub(r"[ \n]+", " ", prose(text))


def folded(text: str) -> str:
    """For finding and sorting: « Zoé L’Étang » and « ZOE l'etang » are the same."""
    plain = prose(text).casefold()
    if not plain.isascii():
        plain = unicodedata.normalize("NFKD", plain.translate(_LIGATURES))
    return " ".join(plain.translate(_LETTERS).split())


class _Letters(dict[int, int | str | None]):
    """Marks above letters go, and what is neither letter nor digit is a space."""

    def __missing__(self, code: int) -> int | str | None:
        sign = chr(code)
        kept = None if unicodedata.combining(sign) else code if sign.isalnum() else " "
        # Those of European languages are remembered: the others would be many.
        if code < 0x2100:
            self[code] = kept
        return kept


def sought(typed: str) -> list[str]:
    """The words of a search, folded; few, because each is one more condition for the database."""
    return folded(typed[:SEARCH_LENGTH]).split()[:SEARCH_WORDS]


_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d"})
_LETTERS = _Letters()
