"""The addresses of these pages."""

from __future__ import annotations

from django.urls import URLPattern, path

from harborline.sites.console.texting import dashboard, inbox, oncall, unclear, wording

URLS: list[URLPattern] = [
    path("numbers/", dashboard.Dashboard.as_view(), name="dashboard"),
    path("unclear/", unclear.Unclear.as_view(), name="unclear"),
    path("unclear/go-on/", unclear.GoOn.as_view(), name="sender-go-on"),
    path("words/", wording.Words.as_view(), name="words"),
    path("words/propose/", wording.Propose.as_view(), name="words-propose"),
    path("words/<uuid:version_id>/", wording.Version.as_view(), name="words-version"),
    path("words/<uuid:version_id>/decide/", wording.Decide.as_view(), name="words-decide"),
    path("inbox/", inbox.Inbox.as_view(), name="inbox"),
    path("inbox/texts/<uuid:text_id>/open/", inbox.Open.as_view(), name="text-open"),
    path("inbox/texts/<uuid:text_id>/close/", inbox.Close.as_view(), name="text-close"),
    path("inbox/texts/<uuid:text_id>/asked/", inbox.SayAsked.as_view(), name="text-asked"),
    path("inbox/conversations/<uuid:thread_id>/", inbox.Conversation.as_view(), name="conversation"),
    path("inbox/alerts/<uuid:alert_id>/", inbox.Alert.as_view(), name="alert"),
    path("on-call/", oncall.OnCall.as_view(), name="on-call"),
    path("on-call/set/", oncall.SetRoster.as_view(), name="on-call-set"),
]
