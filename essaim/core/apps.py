from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class CoreConfig(AppConfig):
    name = "essaim.core"
    verbose_name = _("Machinery")

    def ready(self) -> None:
        # Whatever registers itself is imported: lookups, checks, handlers, duties, messages…
        autodiscover_modules(
            "lookups",
            "access",
            "mail",
            "digest",
            "sweeps",
            "notifications",
            "figures",
            "documents",
            "imports",
            "readiness",
            "erasures",
        )
