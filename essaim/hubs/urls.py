from django.urls import URLPattern

app_name = "hubs"

urlpatterns: list[URLPattern] = []
