"""The columns of ventures, and how their cells are read."""

import re
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop
from stdnum.fr import siren, siret

from essaim.core.imports import cleaning
from essaim.core.imports.kinds import Field, Problem
from essaim.core.models import ImportLine
from essaim.people.models import Audience, ImpactFamily, LegalForm, Stage

BAD_SIRET = gettext_noop("“%(value)s” is not a SIRET: its fourteen digits do not add up.")
SIREN_ONLY = gettext_noop("“%(value)s” is a SIREN (9 digits): a SIRET has 14.")
SHORTENED = gettext_noop("The spreadsheet shortened this number: make the column text, type again.")
SIRET_ZERO = gettext_noop("The spreadsheet had dropped the first zero of the SIRET: it is back.")
BAD_RNA = gettext_noop("“%(value)s” is not an RNA number: W, then nine digits.")

SHOWN_TO = dict(Audience.choices)
SCIENTIFIC = re.compile(r"\d[.,]\d+E\+?\d+", re.IGNORECASE)


def _siret(cell: str, line: ImportLine) -> str:
    if SCIENTIFIC.fullmatch(cell):
        raise Problem(SHORTENED)
    digits = re.sub(r"\D", "", cell)
    if len(digits) == 13 and siret.is_valid(f"0{digits}"):
        line.remark(SIRET_ZERO)
        return f"0{digits}"
    if len(digits) == 9 and siren.is_valid(digits):
        raise Problem(SIREN_ONLY, value=cell[:20])
    if not siret.is_valid(digits):
        raise Problem(BAD_SIRET, value=cell[:20])
    return digits


def _rna(cell: str, line: ImportLine) -> str:
    number = re.sub(r"[\s.\-]", "", cell).upper()
    # Corsica's departments have a letter.
    if not re.fullmatch(r"W\d[0-9AB]\d{7}", number):
        raise Problem(BAD_RNA, value=cell[:20])
    return number


LEGAL_FORMS = {
    "asso": LegalForm.ASSOCIATION,
    "loi 1901": LegalForm.ASSOCIATION,
    "association loi 1901": LegalForm.ASSOCIATION,
    "sas": LegalForm.COMPANY,
    "sasu": LegalForm.COMPANY,
    "sarl": LegalForm.COMPANY,
    "eurl": LegalForm.COMPANY,
    "sa": LegalForm.COMPANY,
    "société": LegalForm.COMPANY,
    "mutuelle": LegalForm.MUTUAL,
    "fondation": LegalForm.FOUNDATION,
    "fonds de dotation": LegalForm.FOUNDATION,
    "micro-entreprise": LegalForm.SOLE,
    "auto-entrepreneur": LegalForm.SOLE,
    "entreprise individuelle": LegalForm.SOLE,
    "ei": LegalForm.SOLE,
}
PROFILE: dict[str, Any] = {code: SHOWN_TO[code] for code in (Audience.NETWORK, Audience.PUBLIC)}

FIELDS = (
    Field(
        "name",
        _("Name"),
        cleaning.text(120),
        ("nom", "structure", "entreprise", "projet", "nom de la structure", "company", "venture"),
        required=True,
        width=30,
    ),
    Field(
        "purpose",
        _("Social purpose"),
        cleaning.text(300),
        ("mission", "objet", "raison d’être", "objet social", "description", "pitch"),
        width=60,
    ),
    Field("challenge", _("Challenge"), cleaning.text(120), ("défi", "enjeu", "problème")),
    Field("trade", _("Trade"), cleaning.text(120), ("métier", "activité", "secteur", "sector")),
    Field(
        "family",
        _("Impact family"),
        cleaning.one_of(dict(ImpactFamily.choices)),
        ("famille d’impact", "impact"),
    ),
    Field("stage", _("Stage"), cleaning.one_of(dict(Stage.choices)), ("étape", "avancement")),
    Field(
        "legal_form",
        _("Legal form"),
        cleaning.one_of(dict(LegalForm.choices), LEGAL_FORMS),
        ("forme juridique", "statut juridique", "statut"),
    ),
    Field("siret", _("SIRET"), _siret, ("numéro siret", "n° siret", "siret number")),
    Field("rna", _("RNA"), _rna, ("numéro rna", "n° rna", "w")),
    Field("website", _("Website"), cleaning.link, ("site", "site web", "site internet", "url")),
    Field(
        "team",
        _("Team"),
        cleaning.text(2000),
        ("équipe", "membres", "porteur", "porteuse", "fondateurs", "founders", "members"),
        help=_("e-mail addresses separated by ; — a role may stand in brackets"),
        width=50,
    ),
    Field(
        "audience",
        _("Who sees the venture"),
        cleaning.one_of(PROFILE),
        ("visibilité", "visibility"),
    ),
)
OWN = tuple(field.code for field in FIELDS if field.code != "team")
