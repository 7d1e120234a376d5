"""What an action answers when it will not do what was asked: a sentence for who asked."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Refusal(Exception):
    """Raised by actions, shown by views. Each refusal is a subclass defined beside its action."""

    message: str | Promise = _("That is not possible.")

    def __init__(self, message: str | Promise | None = None) -> None:
        super().__init__(message or self.message)

    def __str__(self) -> str:
        return str(self.args[0])


class NotAllowed(Refusal):
    message = _("You may not do that.")
