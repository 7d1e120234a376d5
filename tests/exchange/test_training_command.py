from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from essaim.matching.encoder import SubwordEncoder
from tests.matching import taxonomy_files


def test_an_operator_trains_an_encoder_of_their_own(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, output = taxonomy_files.write(tmp_path), tmp_path / "mine.bin"

    call_command("matching", "train", str(folder), output=output, dims=16, epochs=2)

    trained = SubwordEncoder(output)
    assert trained.dims == 16
    assert trained.about["sha256"] in capsys.readouterr().out
    assert trained.encode(["une ruche"]).any()


def test_a_folder_without_the_files_is_said(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"No file competences\*\.csv or unix_ref"):
        call_command("matching", "train", str(tmp_path))


def test_what_is_not_a_folder_is_said(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="is not a folder"):
        call_command("matching", "train", str(tmp_path / "nowhere"))
