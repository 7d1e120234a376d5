"""The title of a need: what is needed, without the manners of asking."""

import re

from essaim.core.writing import line, prose

TITLE = 120

_CLAUSE = re.compile(r"\n|[.!?…;](?:\s|$)|\s[–—-]\s")

_GREETING = re.compile(
    r"^(?:(?:re-?)?(?:bonjour|bonsoir|salut|coucou|hello|hi|hey|dear all|cher[·.]?e?s?)"
    r"(?:\s+(?:à|a)?\s*(?:tous|toutes|tout le monde|everyone|all|there|et|and|la ruche|l’équipe))*"
    r"\s*[,!.:;–—-]*\s*)+",
    re.IGNORECASE,
)
_ASKING = re.compile(
    r"""^(?:
      (?:s['’]il\s(?:vous|te)\spla[iî]t|svp|stp|please)[\s,]+
    | (?:actuellement|en\sce\smoment|currently)[\s,]+
    | (?:je|j['’]|nous|on|i|we|i['’]m|we['’]re)\s?
      (?:suis\s|sommes\s|am\s|are\s)?
      (?:à\sla\s|a\sla\s|en\s)?
      (?:re)?(?:cherch\w*|recherche|ai(?:\surgemment)?\sbesoin|avons\s(?:urgemment\s)?besoin
        |aurais\sbesoin|aurions\sbesoin|voudrais|voudrions|aimerais|aimerions|souhaite\w*
        |looking\sfor|need|would\slike|want|search\w*)\s*
    | (?:besoin|recherche|looking\sfor|in\sneed\sof|need)\s+
    | (?:d['’]|de\s|du\s|des\s|of\s)?(?:un\s|une\s|l['’])?(?:petit\s)?
      (?:coup\sde\smain|aide|appui|help)(?:\s|$)
    | (?:d['’])?(?:un[e]?\s)?(?:quelqu['’]une?|personnes?|someone|somebody|anyone)\s
    | (?:(?:qui|who)\s)?(?:pourrait|pourraient|peut|puisse|saurait|sait|can|could)\s
    | (?:qui|who)\s
    | (?:est-ce\sque\s)?(?:quelqu['’]un|someone|anyone)\s
    | (?:pour|to|with|avec|afin\sde)\s
    | (?:m['’]aider|nous\saider|help\s(?:me|us))\s(?:à\s|a\s|to\s|with\s)?
    )""",
    re.IGNORECASE | re.VERBOSE,
)
_NAKED = re.compile(r"^(?:à|a|de|d['’]|of|que)\s+(?=\w)", re.IGNORECASE)


def title_of(text: str) -> str:
    """The first clause that says something, without the manners: what is needed, in 120 signs."""
    text = prose(text)
    for clause in _CLAUSE.split(text):
        words = _without_manners(clause)
        if len(words) > 2:
            return _shortened(words[0].upper() + words[1:])
    return _shortened(line(text))


def _without_manners(clause: str) -> str:
    words = _GREETING.sub("", " ".join(clause.split()))
    while (match := _ASKING.match(words)) and match.end() < len(words):
        words = words[match.end() :].lstrip(" ,:")
    return _NAKED.sub("", words).strip(" ,:;.!?")


def _shortened(title: str) -> str:
    if len(title) <= TITLE:
        return title
    return title[: TITLE - 1].rsplit(" ", 1)[0].rstrip(" ,;:") + "…"
