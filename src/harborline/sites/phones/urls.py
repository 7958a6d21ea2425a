"""The addresses of the simulated handsets."""

from __future__ import annotations

from django.urls import path

from harborline.sites.phones import views

app_name = "phones"
urlpatterns = [
    path("", views.handset_list, name="list"),
    path("<slug:program>/<int:digits>/", views.handset, name="handset"),
    path("<slug:program>/<int:digits>/reply/", views.reply, name="reply"),
]
