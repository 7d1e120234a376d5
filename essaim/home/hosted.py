"""The hive in an address, for its hosts; to others it is not found."""

from django.http import Http404
from django.shortcuts import get_object_or_404

from essaim.core.writing import line
from essaim.hubs.models import Hub
from essaim.hubs.rules import hosts_hub
from essaim.people.models import Person


def hosted_hub(slug: str, *, by: Person) -> Hub:
    hub = get_object_or_404(Hub.objects.visible_to(by), slug=line(slug))
    if not hosts_hub(by, hub.pk):
        raise Http404
    return hub
