"""Links that do one thing without a log-in: signed, for that thing alone, and dated.

Opening one changes nothing, so that a mailbox that reads links ahead answers nothing; that is for
the view to keep. A link of one purpose is no link of another.
"""

from datetime import datetime
from typing import Any

from django.core import signing
from django.utils import timezone


class Expired(Exception):
    """The link was ours, and its time is over."""


class DatedLinks:
    """Of one purpose, said by `scope`."""

    def __init__(self, scope: str, *, salt: str) -> None:
        self._scope = scope
        self._signer = signing.Signer(salt=salt)

    def token(self, until: datetime, **claim: Any) -> str:
        return self._signer.sign_object(
            {"scope": self._scope, **claim, "until": int(until.timestamp())}
        )

    def read(self, token: str) -> dict[str, Any]:
        """What was claimed; raises `BadSignature` or `Expired`."""
        claim: dict[str, Any] = self._signer.unsign_object(token)
        if claim["scope"] != self._scope:
            raise signing.BadSignature
        if timezone.now().timestamp() > claim["until"]:
            raise Expired
        return claim
