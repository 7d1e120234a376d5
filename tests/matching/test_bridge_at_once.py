"""Processes that import taxonomies at the same moment, are killed, or find the disk full."""

import shutil
import subprocess
import sys
from errno import ENOSPC
from pathlib import Path

import pytest

from essaim.matching import taxonomies
from essaim.matching.bridge import Bridge, schemes
from tests.matching import taxonomy_files
from tests.matching.test_bridge import ENCODER, NEED, ids, people_in


@pytest.fixture
def official(tmp_path: Path) -> Path:
    return taxonomy_files.write(tmp_path / "official")


@pytest.fixture
def folder(tmp_path: Path, official: Path) -> Path:
    schemes.install(tmp_path / "taxonomies", taxonomies.schemes(official), ENCODER)
    return tmp_path / "taxonomies"


IMPORTING = """
import sys
from pathlib import Path
from essaim.matching import taxonomies
from essaim.matching.bridge import schemes
from tests.matching.hashed import HashedEncoder

def tell(share):
    if share >= float(sys.argv[3]):
        print("there", flush=True)
        sys.stdin.read()

schemes.GRACE_SECONDS = 0.0
official = taxonomies.schemes(Path(sys.argv[1]))
print("begins", flush=True)
schemes.install(Path(sys.argv[2]), official, HashedEncoder(), tell)
"""
ROOT = Path(__file__).parents[2]


def importing(official: Path, folder: Path, stops_at: str) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-c", IMPORTING, str(official), str(folder), stops_at]
    pipe = subprocess.PIPE
    process = subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe)
    assert process.stdout
    assert process.stdout.readline() == b"begins\n"
    return process


@pytest.mark.parametrize("share", ["0.0", "0.5", "0.99"])
def test_a_process_that_is_killed_leaves_the_former_version(
    share: str, folder: Path, official: Path
) -> None:
    before = schemes.named(folder)
    with importing(official, folder, share) as process:
        assert process.stdout
        assert process.stdout.readline() == b"there\n"
        process.kill()

    assert schemes.named(folder) == before
    over = Bridge(folder, ENCODER)
    with people_in(":memory:") as index:
        assert ids(index.search(NEED, bridge=over)) == ["ada"]
    over.close()


@pytest.mark.concurrency
def test_of_two_imports_at_once_the_second_waits(folder: Path, official: Path) -> None:
    with importing(official, folder, "0.5") as first, importing(official, folder, "2") as second:
        assert first.stdout
        assert first.stdin
        assert first.stdout.readline() == b"there\n"
        with pytest.raises(subprocess.TimeoutExpired):
            second.wait(timeout=2)
        first.stdin.close()

    assert (first.returncode, second.returncode) == (0, 0)
    assert {path.name for path in folder.iterdir()} == {"current", schemes.named(folder)}
    over = Bridge(folder, ENCODER)
    assert over.about() is not None
    over.close()


def test_who_waits_for_a_removal_imports_into_a_new_folder(folder: Path, official: Path) -> None:
    with schemes._alone(folder):
        waiting = importing(official, folder, "2")
        shutil.rmtree(folder)
    with waiting:
        pass

    assert waiting.returncode == 0
    assert {path.name for path in folder.iterdir()} == {"current", schemes.named(folder)}


def test_a_disk_that_was_full_keeps_nothing_of_an_import(
    folder: Path, official: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = {path.name for path in folder.iterdir()}

    def full(*anything: object) -> None:
        raise OSError(ENOSPC, "No space left on device")

    monkeypatch.setattr(schemes, "item_arrays", full)
    with pytest.raises(OSError, match="No space left"):
        schemes.install(folder, taxonomies.schemes(official), ENCODER)

    assert {path.name for path in folder.iterdir()} == before
