"""Why a search found something, in a sentence: words in common, slips understood, a line quoted."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from essaim.exchange.reasons import language, of_path, shortened
from essaim.matching import Hit, Path, Reasons

WORDS = 4
FAR = 0.7


def telling(hits: list[Hit]) -> list[Hit]:
    """Without those that share no word and are much farther than the best: a list of guesses."""
    least = FAR * hits[0].score if hits else 0.0
    return [hit for hit in hits if hit.reasons.matched or hit.reasons.path or hit.score >= least]


def why(reasons: Reasons, *, quote: str = "", shown: str = "") -> str:
    """`quote`: the line that answers, if it may be read by all; `shown`: what stands above it."""
    told = "" if quote.strip() == shown.strip() else shortened(quote)
    words = ", ".join(_quoted(word) for word in reasons.matched[:WORDS])
    if words and told:
        return _("Speaks of %(words)s: “%(quote)s”") % {"words": words, "quote": told}
    if words:
        return _("Speaks of %(words)s") % {"words": words}
    return _("Close in meaning: “%(quote)s”") % {"quote": told} if told else _("Close in meaning")


def through(path: Path, skill: str) -> str:
    """By an imported taxonomy, from its trade (or skill) to what the person declares of it."""
    words = {"entry": of_path(path)[f"entry_{language()}"], "taxonomy": path.taxonomy}
    if path.kind == "trade":
        said = _("Declares “%(skill)s”, of the trade “%(entry)s” (%(taxonomy)s)")
    else:
        said = _("Declares “%(skill)s”, close to the skill “%(entry)s” (%(taxonomy)s)")
    return said % (words | {"skill": skill})


def read_as(hits: Iterable[Hit]) -> str:
    """« financment » read as « financement »: told once, above the list."""
    slips = dict(pair for hit in hits for pair in hit.reasons.corrected)
    told = [
        _("“%(written)s” read as “%(understood)s”") % {"written": written, "understood": understood}
        for written, understood in slips.items()
    ]
    return ", ".join(told)


def _quoted(word: str) -> str:
    return _("“%(word)s”") % {"word": word}
