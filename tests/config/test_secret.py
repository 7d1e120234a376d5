from pathlib import Path

from config.secret import kept_secret


def test_the_key_is_made_once_and_readable_by_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "secret-key"

    made = kept_secret(path)

    assert kept_secret(path) == made
    assert len(made) >= 50
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]
