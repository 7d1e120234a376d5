"""What hosts are told on Friday morning."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from essaim.core.models import Channel, Notice
from essaim.core.notifications import Facts, Kind, notify, register
from essaim.exchange.models import FridayBatch, ProposalState
from essaim.exchange.notifications.needs import said
from essaim.hubs.models import Host
from essaim.hubs.rules import is_host


def _batch_facts(notice: Notice) -> Facts | None:
    """None once another host has sent it or put it aside."""
    waiting = FridayBatch.objects.waiting().select_related("hub")
    batch = waiting.filter(pk=notice.facts["batch"]).first()
    if batch is None:
        return None
    count = batch.proposals.filter(state=ProposalState.CHOSEN).count()
    return {"batch": batch, "hub": batch.hub, "count": count}


FRIDAY_READY = register(
    Kind(
        "friday_ready",
        _("Friday’s asks of my hive are prepared"),
        Channel.NOW,
        facts=_batch_facts,
        told_to=is_host,
    )
)


def ready(batch: FridayBatch) -> None:
    title = _("Friday’s asks of %(hub)s wait for your eye")
    hosts = Host.objects.current().filter(hub=batch.hub).select_related("person")
    for host in hosts.order_by("pk"):
        notify(
            FRIDAY_READY,
            to=host.person,
            title=said(host.person, title, hub=batch.hub.name),
            path=f"{reverse('exchange:friday')}?hub={batch.hub.slug}",
            key=f"friday_ready:{batch.pk}",
            batch=str(batch.pk),
        )
