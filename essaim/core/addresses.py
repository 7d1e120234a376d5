"""A mail address in a text: whole, never the end or the beginning of somebody else's."""

import re


def stands_in(address: str, text: str) -> bool:
    """`ann@x.fr` is not read in `joann@x.fr`, nor in `ann@x.fr.org`; whatever the case.

    The full stop of a sentence ends an address; it is part of one only when more follows.
    """
    whole = rf"(?<![\w.+-]){re.escape(address)}(?!\.?[\w-])"
    return bool(re.search(whole, text, re.IGNORECASE))
