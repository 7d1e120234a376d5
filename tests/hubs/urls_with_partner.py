"""The addresses of an installation where a partner's staff may sign in through their own house."""

from allauth.socialaccount.providers.openid_connect.urls import urlpatterns as partner
from django.urls import include, path

from config.urls import urlpatterns as every_page

# After our own pages of the same addresses, as in `config.urls`.
urlpatterns = [*every_page, path("compte/", include(partner))]
