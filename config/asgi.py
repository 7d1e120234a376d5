"""The door of live events (the Buzz): a small asynchronous process beside the web processes.

It answers nothing but `/direct/`; pages are served over WSGI, at a tenth of the cost.
"""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from essaim.exchange.buzz.listening import Live  # noqa: E402  (Django must be ready first)

application = Live()
