from essaim.exchange import (
    encounter_urls,
    friday_urls,
    guard_urls,
    help_urls,
    host_urls,
    introduction_urls,
    need_urls,
)
from essaim.exchange.buzz import urls as buzz_urls

app_name = "exchange"

urlpatterns = [
    *need_urls.urlpatterns,
    *help_urls.urlpatterns,
    *host_urls.urlpatterns,
    *encounter_urls.urlpatterns,
    *friday_urls.urlpatterns,
    *guard_urls.urlpatterns,
    *introduction_urls.urlpatterns,
    *buzz_urls.urlpatterns,
]
