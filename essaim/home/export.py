"""Everything the network holds about one person, for that person: to read and to take along."""

import io
import json
import zipfile
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.core.serializers.json import DjangoJSONEncoder
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from essaim.core import personal_data
from essaim.core.models import Document
from essaim.core.spreadsheets import csv_chunks
from essaim.people.models import Person

Rows = dict[str, list[dict[str, Any]]]

# Secrets (keys, tokens) stay out of a file that travels; that they exist is told.
SIGN_IN = (
    (EmailAddress, ("email", "verified", "primary")),
    (Authenticator, ("type", "created_at", "last_used_at")),
    (SocialAccount, ("provider", "uid", "last_login", "date_joined", "extra_data")),
    (UserSession, ("created_at", "last_seen_at", "ip", "user_agent")),
)


def rows_of(person: Person) -> Rows:
    rows = personal_data.export(person)
    for model, names in SIGN_IN:
        if found := list(model.objects.filter(user=person).values(*names)):
            rows[f"account.{model.__name__}"] = found
    return rows


def counted(person: Person) -> dict[str, int]:
    """How many rows of each kind, in one query."""
    accounts = [
        (f"account.{model.__name__}", model.objects.filter(user=person)) for model, _ in SIGN_IN
    ]
    return personal_data.count([*personal_data.sources_about(person), *accounts])


def package(person: Person) -> bytes:
    """A zip: one JSON file with all, one CSV per kind of record, and the files that were given."""
    rows = rows_of(person)
    answer = io.BytesIO()
    with zipfile.ZipFile(answer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("essaim.json", as_json(rows))
        archive.writestr(f"{_('read-me')}.txt", _read_me(rows))
        for label, records in rows.items():
            archive.writestr(f"csv/{label}.csv", _as_csv(records))
        for document in Document.objects.filter(owner=person):
            with document.file.open() as content:
                archive.writestr(f"documents/{document.pk}-{_safe(document.name)}", content.read())
    return answer.getvalue()


def as_json(rows: Rows) -> str:
    return json.dumps(rows, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)


def _read_me(rows: Rows) -> str:
    counted = [f"{label}: {len(records)}" for label, records in sorted(rows.items())]
    about = _(
        "All that is kept about you. essaim.json holds everything; csv/ holds the same, one table "
        "for each kind of record; documents/ holds the files you gave."
    )
    return "\n".join([about, "", *counted, ""])


def _as_csv(records: list[dict[str, Any]]) -> bytes:
    rows = [[_cell(value) for value in row.values()] for row in records]
    return b"".join(csv_chunks([list(records[0]), *rows]))


def _cell(value: Any) -> str:
    if isinstance(value, dict | list):
        return json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False)
    return "" if value is None else str(value)


def _safe(name: str) -> str:
    return "".join(c if c.isalnum() or c in "-_. " else "_" for c in name)


def words_of(label: str) -> str:
    """What a kind of record is, in the words of its reader."""
    return str(WORDS.get(label, label))


WORDS = {
    "core.JournalEntry": gettext_lazy("what you did here, as dates and verbs"),
    "core.Notice": gettext_lazy("messages you were sent"),
    "core.NoticePreference": gettext_lazy("how you want to be told"),
    "core.Document": gettext_lazy("files you gave"),
    "core.ImportRun": gettext_lazy("spreadsheets you brought in"),
    "core.ImportLine": gettext_lazy("lines of spreadsheets about you"),
    "home.MondayDone": gettext_lazy("what you put aside on Mondays"),
    "people.Person": gettext_lazy("your profile"),
    "people.NetworkRole": gettext_lazy("your roles in the network"),
    "people.Skill": gettext_lazy("skills you proposed"),
    "people.PersonSkill": gettext_lazy("your toolbox card"),
    "people.Affiliation": gettext_lazy("your ventures"),
    "hubs.Host": gettext_lazy("hives you host"),
    "hubs.Residency": gettext_lazy("hives you live in"),
    "hubs.Invitation": gettext_lazy("invitations you received"),
    "exchange.Pledge": gettext_lazy("time you promised"),
    "exchange.Pause": gettext_lazy("your pauses"),
    "exchange.Silence": gettext_lazy("when you were asked how you are"),
    "exchange.NeedShown": gettext_lazy("needs shown to you in Friday’s letters"),
    "exchange.AvoidPair": gettext_lazy("people you would rather not meet"),
    "exchange.Need": gettext_lazy("your needs"),
    "exchange.Ask": gettext_lazy("what you were asked"),
    "exchange.EscalationStep": gettext_lazy("steps you took for a need"),
    "exchange.HelpExchange": gettext_lazy("help given and received"),
    "exchange.Thanks": gettext_lazy("thanks written and received"),
    "exchange.Account": gettext_lazy("your brain-time accounts"),
    "exchange.Transfer": gettext_lazy("brain-time given and received"),
    "exchange.EncounterGuest": gettext_lazy("that you want to meet people"),
    "exchange.EncounterPlace": gettext_lazy("your encounters, and what you said of them"),
    "exchange.Introduction": gettext_lazy("introductions that you had a part in"),
    "exchange.EncounterCard": gettext_lazy("what you and others were told of each other"),
    "account.EmailAddress": gettext_lazy("addresses you sign in with"),
    "account.Authenticator": gettext_lazy("keys and codes you sign in with"),
    "account.SocialAccount": gettext_lazy("accounts elsewhere you sign in with"),
    "account.UserSession": gettext_lazy("devices where you are signed in"),
}
