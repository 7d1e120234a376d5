from django.urls import path

from essaim.people import views

app_name = "people"

urlpatterns = [
    path("photos/<uuid:document_id>/", views.photo, name="photo"),
]
