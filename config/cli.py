"""The `essaim` command: the same verbs as manage.py, usable from anywhere."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.management import execute_from_command_line

    # `essaim check-deploy` is the command `check_deploy`.
    verb = [w if w.startswith("-") else w.replace("-", "_") for w in sys.argv[1:2]]
    execute_from_command_line([sys.argv[0], *verb, *sys.argv[2:]])
