"""The addresses of these pages."""

from __future__ import annotations

from django.urls import URLPattern, path, re_path

from harborline.sites.console.exchange import acts, filing, pages, papers

URLS: list[URLPattern] = [
    path("exchange/", pages.Overview.as_view(), name="exchange"),
    path("exchange/calendar/", pages.Calendar.as_view(), name="exchange-calendar"),
    path("exchange/settled/", pages.Settled.as_view(), name="exchange-settled"),
    path("exchange/alarms/<uuid:alarm_id>/", acts.SettleAlarm.as_view(), name="exchange-alarm"),
    re_path(r"^exchange/policy\.(?P<form>pdf|txt)$", papers.Policy.as_view(), name="exchange-policy"),
    path("exchange/partners/new/", filing.NewPartner.as_view(), name="exchange-partner-new"),
    path("exchange/partners/<uuid:partner_id>/", pages.OnePartner.as_view(), name="exchange-partner"),
    path("exchange/partners/<uuid:partner_id>/keys/new/", filing.NewKey.as_view(), name="exchange-key-new"),
    path(
        "exchange/partners/<uuid:partner_id>/keys/<uuid:credential_id>/", acts.ActOnKey.as_view(), name="exchange-key"
    ),
    path(
        "exchange/partners/<uuid:partner_id>/agreements/new/",
        filing.NewAgreement.as_view(),
        name="exchange-agreement-new",
    ),
    path("exchange/agreements/<uuid:agreement_id>/", pages.OneAgreement.as_view(), name="exchange-agreement"),
    path("exchange/agreements/<uuid:agreement_id>/act/", acts.ActOnAgreement.as_view(), name="exchange-agreement-act"),
    path("exchange/agreements/<uuid:agreement_id>/terms/", filing.OtherTerms.as_view(), name="exchange-terms"),
    path("exchange/agreements/<uuid:agreement_id>/send/", filing.Send.as_view(), name="exchange-send"),
    path("exchange/agreements/<uuid:agreement_id>/prepare/", filing.Prepare.as_view(), name="exchange-prepare"),
    path("exchange/prepared/<uuid:prepared_id>/", pages.OnePrepared.as_view(), name="exchange-prepared"),
    path(
        "exchange/prepared/<uuid:prepared_id>/approve/",
        acts.ApprovePrepared.as_view(),
        name="exchange-prepared-approve",
    ),
    path("exchange/prepared/<uuid:prepared_id>/act/", acts.ActOnPrepared.as_view(), name="exchange-prepared-act"),
    path("exchange/deliveries/", pages.Deliveries.as_view(), name="exchange-deliveries"),
    path("exchange/deliveries/<uuid:transmission_id>/", pages.OneDelivery.as_view(), name="exchange-delivery"),
    path("exchange/deliveries/<uuid:transmission_id>/act/", acts.ActOnDelivery.as_view(), name="exchange-delivery-act"),
    path("exchange/deliveries/<uuid:transmission_id>/word/", acts.Acknowledged.as_view(), name="exchange-acknowledge"),
    path("exchange/files/<uuid:file_id>/", papers.Content.as_view(), name="exchange-file"),
    path("exchange/receipts/<uuid:receipt_id>/", papers.ReceiptNote.as_view(), name="exchange-receipt"),
    path("exchange/media/", pages.Media.as_view(), name="exchange-media"),
    path("exchange/media/new/", filing.NewShipment.as_view(), name="exchange-shipment-new"),
    path("exchange/media/parcels/<uuid:shipment_id>/", filing.Receive.as_view(), name="exchange-shipment"),
    path("exchange/media/<uuid:medium_id>/", pages.OneMedium.as_view(), name="exchange-medium"),
    path("exchange/media/<uuid:medium_id>/act/", acts.ActOnMedium.as_view(), name="exchange-medium-act"),
]
