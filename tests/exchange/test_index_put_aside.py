"""A process goes on in the new file when another one has put the matching index aside."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from essaim.matching import Index
from essaim.matching.encoder import default_encoder
from tests.exchange.test_asks_concurrency import shared_database
from tests.factories import make_skill

pytestmark = [pytest.mark.concurrency, pytest.mark.django_db(transaction=True)]

READER = """
import sys, django
django.setup()
from essaim.exchange import index
from essaim.people.models import Skill
for line in sys.stdin:
    Skill.objects.create(code=line.strip(), label_fr=line.strip(), label_en=line.strip())
    print(len(index.search_skills(line.strip(), k=5)), flush=True)
"""


def test_what_is_read_after_a_fresh_start_stands_in_the_new_file(tmp_path: Path) -> None:
    make_skill("Souder")
    with shared_database(tmp_path) as url:
        environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "ESSAIM_DATABASE_URL": url,
            "ESSAIM_VAR": str(tmp_path),
        }
        fresh = [sys.executable, "-m", "config", "reindex", "--fresh"]
        with subprocess.Popen(
            [sys.executable, "-c", READER],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as reader:
            found = [ask(reader, "apiculture")]
            subprocess.run(fresh, env=environment, check=True, capture_output=True)
            found.append(ask(reader, "menuiserie"))
            assert reader.stdin is not None
            reader.stdin.close()

    assert (reader.returncode, found) == (0, ["1", "1"])
    with Index(Path(settings.VAR_DIR) / "matching-skills.sqlite3", default_encoder()) as index:
        assert len(index.versions()) == 3


def ask(reader: "subprocess.Popen[str]", word: str) -> str:
    assert reader.stdin is not None
    assert reader.stdout is not None
    reader.stdin.write(f"{word}\n")
    reader.stdin.flush()
    return reader.stdout.readline().strip()
