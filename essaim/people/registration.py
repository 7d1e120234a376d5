"""Numbers under which the French State knows an organisation."""

import re

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from stdnum.exceptions import InvalidChecksum, InvalidFormat, InvalidLength
from stdnum.fr import siret

from essaim.core.refusals import Refusal

_RNA = re.compile(r"W[0-9]{9}")
_SEPARATORS = re.compile(r"[\s.\-]+")


class NotASiret(Refusal):
    pass


class NotAnRna(Refusal):
    message = _("An RNA number is the letter W and 9 digits, as on the receipt of the prefecture.")


_WRONG: dict[type[Exception], str | Promise] = {
    InvalidLength: _("A SIRET has 14 digits."),
    InvalidFormat: _("A SIRET is made of digits only: it has 14 of them."),
    InvalidChecksum: _(
        "This SIRET cannot be right: two digits may be swapped or one mistyped. "
        "It stands on your notice from Insee."
    ),
}


def read_siret(typed: str) -> str:
    """The 14 digits, or "" for nothing typed. La Poste's own check is known to the library."""
    digits = _SEPARATORS.sub("", typed)
    if not digits:
        return ""
    if not digits.isascii():
        raise NotASiret(_WRONG[InvalidFormat])
    try:
        return str(siret.validate(digits))
    except (InvalidLength, InvalidFormat, InvalidChecksum) as wrong:
        raise NotASiret(_WRONG[type(wrong)]) from wrong


def read_rna(typed: str) -> str:
    number = _SEPARATORS.sub("", typed).upper()
    if number and not _RNA.fullmatch(number):
        raise NotAnRna
    return number
