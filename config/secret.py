"""The secret key of an installation: made once, kept beside its data, never in the repository."""

import os
import secrets
from pathlib import Path


def kept_secret(path: Path) -> str:
    """The key in the file; several processes that start at once agree on one."""
    try:
        return path.read_text()
    except FileNotFoundError:
        own = path.with_name(f"{path.name}-{os.getpid()}")
        own.touch(mode=0o600)
        own.write_text(secrets.token_urlsafe(50))
        try:
            os.link(own, path)
        except FileExistsError:  # another process was faster
            pass
        finally:
            own.unlink()
        return path.read_text()
