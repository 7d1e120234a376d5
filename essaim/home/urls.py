from django.urls import path

from essaim.home import people_urls, views

app_name = "home"

urlpatterns = [
    path("", views.front, name="front"),
    path("ma-journee/", views.day, name="day"),
    *people_urls.urlpatterns,
]
