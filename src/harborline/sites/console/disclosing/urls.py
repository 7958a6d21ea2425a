"""The addresses of these pages."""

from __future__ import annotations

from django.urls import URLPattern, path

from harborline.sites.console.disclosing import fields, graphing, outside, policy, waiting

_PERSON = "participants/<uuid:participant_id>"

URLS: list[URLPattern] = [
    path(f"{_PERSON}/fields/", fields.Fields.as_view(), name="fields"),
    path(f"{_PERSON}/emergency/", fields.Glass.as_view(), name="glass"),
    path(f"{_PERSON}/value/", fields.WriteValue.as_view(), name="value"),
    path(f"{_PERSON}/kin/", fields.OwnKin.as_view(), name="kin"),
    path(f"{_PERSON}/protect/", fields.Protect.as_view(), name="protect"),
    path(f"{_PERSON}/protections/<uuid:protection_id>/end/", fields.EndProtection.as_view(), name="protection-end"),
    path(f"{_PERSON}/order/", fields.BringOrder.as_view(), name="order"),
    path(f"{_PERSON}/releases/", outside.Releases.as_view(), name="releases"),
    path(f"{_PERSON}/accounting.json", outside.Accounting.as_view(), name="accounting"),
    path(f"{_PERSON}/accounting.pdf", outside.AccountingPdf.as_view(), name="accounting-pdf"),
    path(f"{_PERSON}/not-kin/", waiting.NotKin.as_view(), name="not-kin"),
    path(f"{_PERSON}/what-kin/", waiting.WhatKin.as_view(), name="what-kin"),
    path(f"{_PERSON}/looks/settle/", waiting.SettleLook.as_view(), name="look-settle"),
    path(f"{_PERSON}/who-sees/", graphing.WhoSees.as_view(), name="who-sees"),
    path(f"{_PERSON}/looks/answer/", waiting.Answer.as_view(), name="look-answer"),
    path("safeguards/mine/", waiting.Mine.as_view(), name="my-looks"),
    path("safeguards/workers/<str:number>/", graphing.WhatSees.as_view(), name="what-sees"),
    path("safeguards/", waiting.Waiting.as_view(), name="safeguards"),
    path("safeguards/emergencies/<uuid:glass_id>/review/", waiting.Review.as_view(), name="glass-review"),
    path("safeguards/orders/<uuid:order_id>/confirm/", waiting.ConfirmOrder.as_view(), name="order-confirm"),
    path("safeguards/releases/<uuid:release_id>/approve/", waiting.ApproveRelease.as_view(), name="release-approve"),
    path("safeguards/releases/<uuid:release_id>/no/", waiting.TurnDownRelease.as_view(), name="release-turn-down"),
    path("safeguards/registry/<uuid:task_id>/told/", waiting.RegistryTold.as_view(), name="registry-told"),
    path("policy/", policy.Written.as_view(), name="policy"),
    path("policy/policy.pdf", policy.WrittenPdf.as_view(), name="policy-pdf"),
    path("policy/propose/", policy.Propose.as_view(), name="policy-propose"),
    path("policy/<uuid:version_id>/", policy.Version.as_view(), name="policy-version"),
    path("policy/<uuid:version_id>/approve/", policy.Approve.as_view(), name="policy-approve"),
]
