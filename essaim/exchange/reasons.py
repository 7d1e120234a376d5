"""Why this person: from the facts kept with an ask to a sentence in the reader's language."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from essaim.core.templatetags.presentation import minutes_words
from essaim.matching import Path

Reasons = dict[str, Any]
QUOTE = 140

CLOSE_ABOUT = _("What %(name)s knows is close to this need")
ABOUT = {
    "skill, quoted": _("%(name)s lends “%(skill)s”: “%(quote)s”"),
    "skill": _("%(name)s lends “%(skill)s”"),
    "met, quoted": _("%(name)s has already helped with “%(quote)s”"),
    "met": _("%(name)s has already helped with something alike"),
    "venture, quoted": _("%(name)s works on “%(quote)s”"),
    "about, quoted": _("%(name)s says: “%(quote)s”"),
    "volunteer": _("%(name)s came forward without being asked"),
}
CLOSE_FOR = _("You are asked because what you know is close to this need")
FOR = {
    "skill, quoted": _("You are asked because you lend “%(skill)s”"),
    "skill": _("You are asked because you lend “%(skill)s”"),
    "met, quoted": _("You are asked because you have helped with “%(quote)s”"),
    "met": _("You are asked because you have helped with something alike"),
    "venture, quoted": _("You are asked because of your work: “%(quote)s”"),
    "about, quoted": _("You are asked because you say of yourself: “%(quote)s”"),
    "volunteer": _("You came forward without being asked"),
}
# Through an imported taxonomy: its trade (or skill), and what the person declares of it.
PATH_ABOUT = {
    "trade, skill, quoted": _(
        "This need touches the trade “%(entry)s” (%(taxonomy)s), of which %(name)s declares the"
        " skill “%(skill)s”: “%(quote)s”"
    ),
    "trade, skill": _(
        "This need touches the trade “%(entry)s” (%(taxonomy)s), of which %(name)s declares the"
        " skill “%(skill)s”"
    ),
    "trade, quoted": _(
        "This need touches the trade “%(entry)s” (%(taxonomy)s), and %(name)s says: “%(quote)s”"
    ),
    "skill, skill, quoted": _(
        "This need touches the skill “%(entry)s” (%(taxonomy)s), close to what %(name)s declares:"
        " “%(skill)s”, “%(quote)s”"
    ),
    "skill, skill": _(
        "This need touches the skill “%(entry)s” (%(taxonomy)s), close to what %(name)s declares:"
        " “%(skill)s”"
    ),
    "skill, quoted": _(
        "This need touches the skill “%(entry)s” (%(taxonomy)s), and %(name)s says: “%(quote)s”"
    ),
}
PATH_FOR = {
    "trade, skill": _(
        "You are asked because this need touches the trade “%(entry)s” (%(taxonomy)s), of which you"
        " declare the skill “%(skill)s”"
    ),
    "trade, quoted": _(
        "You are asked because this need touches the trade “%(entry)s” (%(taxonomy)s), and you say:"
        " “%(quote)s”"
    ),
    "skill, skill": _(
        "You are asked because this need touches the skill “%(entry)s” (%(taxonomy)s), close to"
        " “%(skill)s” that you declare"
    ),
    "skill, quoted": _(
        "You are asked because this need touches the skill “%(entry)s” (%(taxonomy)s), and you say:"
        " “%(quote)s”"
    ),
}


def of_path(path: Path | None) -> Reasons:
    """What is kept of a path; both languages, one standing for the other where it has none."""
    if path is None:
        return {}
    french = path.labels.get("fr") or path.labels.get("en", "")
    return {
        "taxonomy": path.taxonomy,
        "entry_kind": path.kind,
        "entry_fr": french,
        "entry_en": path.labels.get("en") or french,
    }


def about_helper(reasons: Reasons, name: str) -> str:
    """For who asks: « Nadia prête « Comptabilité » : « … » ; 2 h libres ce mois-ci ; … »."""
    words = _words(reasons, name)
    clauses = [_evidence_about(reasons, words), _capacity(reasons), _history(reasons)]
    return _joined(clauses)


def for_helper(reasons: Reasons, author: str) -> str:
    """For who is asked: why the ask reaches them and nobody else."""
    words = _words(reasons, author)
    clauses = [_evidence_for(reasons, words), _history_for(reasons, words)]
    return _joined(clauses)


def _words(reasons: Reasons, name: str) -> dict[str, str]:
    return {
        "name": name,
        "skill": reasons.get(f"label_{language()}", ""),
        "quote": shortened(reasons.get("quote", "")),
        "entry": reasons.get(f"entry_{language()}", ""),
        "taxonomy": reasons.get("taxonomy", ""),
    }


def language() -> str:
    return "en" if get_language() == "en" else "fr"


def shortened(quote: str) -> str:
    quote = quote.strip().rstrip(".")
    return quote if len(quote) <= QUOTE else quote[:QUOTE].rsplit(" ", 1)[0].rstrip(" ·.,;:") + "…"


def _joined(clauses: list[str]) -> str:
    return gettext("; ").join(filter(None, clauses)) + "."


def _evidence_about(reasons: Reasons, words: dict[str, str]) -> str:
    return str(_through(PATH_ABOUT, reasons) or ABOUT.get(_kind(reasons), CLOSE_ABOUT)) % words


def _evidence_for(reasons: Reasons, words: dict[str, str]) -> str:
    return str(_through(PATH_FOR, reasons) or FOR.get(_kind(reasons), CLOSE_FOR)) % words


def _through(sentences: Mapping[str, Any], reasons: Reasons) -> Any:
    """The sentence that says most of those that the facts can fill; empty without a path."""
    skill = reasons.get("kind") == "skill"
    parts = [reasons.get("entry_kind", ""), *(["skill"] if skill else [])]
    said = [", ".join(parts)] if skill else []
    if reasons.get("quote"):
        said.insert(0, ", ".join([*parts, "quoted"]))
    return next((sentences[kind] for kind in said if kind in sentences), "")


def _kind(reasons: Reasons) -> str:
    kind, said = reasons.get("kind", ""), bool(reasons.get("quote"))
    return f"{kind}, quoted" if said else kind


def _capacity(reasons: Reasons) -> str:
    free = reasons.get("free")
    return gettext("%(time)s free this month") % {"time": minutes_words(free)} if free else ""


def _history(reasons: Reasons) -> str:
    if "first" not in reasons:
        return ""
    if reasons["first"]:
        return gettext("you have never helped each other")
    return gettext("you have helped each other before")


def _history_for(reasons: Reasons, words: dict[str, str]) -> str:
    if "first" not in reasons:
        return ""
    if reasons["first"]:
        return gettext("%(name)s and you have never helped each other") % words
    return gettext("%(name)s and you have helped each other before") % words
