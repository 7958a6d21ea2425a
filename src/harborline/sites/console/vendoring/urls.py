"""The addresses of these pages."""

from __future__ import annotations

from django.urls import URLPattern

URLS: list[URLPattern] = []
