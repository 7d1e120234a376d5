"""Mails that were written to files, for want of a mail server: what they still say of somebody."""

import email
import email.policy
from collections.abc import Callable, Collection, Iterator
from pathlib import Path

from django.conf import settings

from essaim.core import addresses

# After each message, as Django writes it: mails of the same second may share a file.
END = b"-" * 79 + b"\n"


def forget(words: Collection[str]) -> int:
    """Removes the mails in which one of the words is read; tells how many."""
    wanted = [_sought(word) for word in words]
    files = Path(settings.EMAIL_FILE_PATH).glob("*.log")
    return sum(_forget_in(path, wanted) for path in files)


def _sought(word: str) -> Callable[[str], bool]:
    """An address is looked for whole, or the mails of `joann@x.fr` would go with `ann@x.fr`."""
    plain = _plain(word)
    if "@" in plain and " " not in plain:
        return lambda text: addresses.stands_in(plain, text)
    return lambda text: plain in text


def _forget_in(path: Path, wanted: list[Callable[[str], bool]]) -> int:
    mails = [mail for mail in path.read_bytes().split(END) if mail.strip()]
    kept = [mail for mail in mails if not _says(mail, wanted)]
    if not kept:
        path.unlink(missing_ok=True)
    elif len(kept) < len(mails):
        path.write_bytes(b"".join(mail + END for mail in kept))
    return len(mails) - len(kept)


def _says(mail: bytes, wanted: list[Callable[[str], bool]]) -> bool:
    texts = [_plain(text) for text in _texts(mail)]
    return any(stands_in(text) for stands_in in wanted for text in texts)


def _texts(mail: bytes) -> Iterator[str]:
    """As people read them: headers and bodies are encoded in the file."""
    message = email.message_from_bytes(mail, policy=email.policy.default)
    yield from (str(value) for value in message.values())
    for part in message.walk():
        if part.get_content_maintype() == "text":
            yield part.get_content()


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())
