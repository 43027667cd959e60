"""Addresses: the resources as each app lists them, and beside them the back office and the reference."""

from django.contrib import admin
from django.urls import path

urlpatterns = [
    path("admin/", admin.site.urls),
]
