"""Addresses of static files: what the manifest says holds for as long as the process lives."""

from functools import cache

from whitenoise.storage import CompressedManifestStaticFilesStorage


class RememberedStorage(CompressedManifestStaticFilesStorage):
    """A page asks for the address of the same sheet of signs up to forty times."""

    def url(self, name: str | None, force: bool = False) -> str:
        return self._remembered(str(name), force)

    @cache  # noqa: B019  (Django makes one storage for each process)
    def _remembered(self, name: str, force: bool) -> str:
        return str(super().url(name, force))
