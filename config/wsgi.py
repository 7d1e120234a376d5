"""The door for web servers. Views are loaded here, so that no visitor pays for it."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()
get_resolver().url_patterns  # noqa: B018  (reading the property loads every view)

# What was loaded until here lives as long as the process: nobody need look again whether it may go.
# A page makes thousands of objects and frees them itself; to look for circles every 700 was one
# part in twenty of a page.
gc.collect()
gc.freeze()
gc.set_threshold(10_000, 20, 20)
