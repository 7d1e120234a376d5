"""One of several processes that act at the same moment, as `python -m` by test_asks_concurrency.

Says "ready", waits for a line, then does what its argument tells and prints what came of it.
"""

import json
import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.urls import get_resolver  # noqa: E402

from essaim.core.refusals import Refusal  # noqa: E402
from essaim.exchange.actions import asks, needs  # noqa: E402
from essaim.exchange.models import Ask, Need  # noqa: E402


def accept(pk: str) -> None:
    ask = Ask.objects.select_related("helper", "need").get(pk=pk)
    asks.accept_ask(ask=ask, by=ask.helper)


def decline(pk: str) -> None:
    ask = Ask.objects.select_related("helper", "need").get(pk=pk)
    asks.decline_ask(ask=ask, by=ask.helper)


def publish(pk: str) -> None:
    need = Need.objects.select_related("author", "hub").get(pk=pk)
    needs.publish_need(need=need, by=need.author)


DEEDS = {"accept": accept, "decline": decline, "publish": publish}


def main() -> None:
    get_resolver().url_patterns  # noqa: B018  (loads what the first deed would load)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    for deed, pk in json.loads(sys.argv[1]):
        try:
            DEEDS[deed](pk)
        except Refusal as refusal:
            sys.stdout.write(f"{type(refusal).__name__}\n")
        else:
            sys.stdout.write("done\n")


if __name__ == "__main__":
    main()
