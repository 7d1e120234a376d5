"""Mails kept as files: those that name somebody go, those that name their namesakes stay."""

from email.message import EmailMessage
from pathlib import Path

import pytest
from django.conf import settings

from essaim.core import mail_files


def written(name: str, to: str, text: str) -> Path:
    message = EmailMessage()
    message["To"] = to
    message.set_content(text)
    folder = Path(settings.EMAIL_FILE_PATH)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.log"
    path.write_bytes(bytes(message) + b"\n" + mail_files.END)
    return path


@pytest.mark.parametrize(
    ("address", "stays"),
    [
        ("ann@x.fr", False),
        ("ANN@x.fr", False),
        ("joann@x.fr", True),
        ("ann@x.fr.org", True),
        ("ann@x.franco", True),
    ],
)
def test_an_address_is_looked_for_whole(address: str, stays: bool) -> None:
    to = written("to", address, "Bonjour.")
    text = written("text", "hote@x.org", f"Écris à {address}.")

    mail_files.forget(["ann@x.fr"])

    assert [to.exists(), text.exists()] == [stays, stays]


def test_other_words_are_looked_for_wherever_they_stand() -> None:
    path = written("need", "hote@x.org", "Le besoin :\nRelire mon  plan@2027 de financement.")

    assert mail_files.forget(["relire mon plan@2027"]) == 1
    assert not path.exists()
