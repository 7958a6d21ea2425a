"""The addresses of the console."""

from __future__ import annotations

from django.urls import path

from harborline.sites.console import account, home, imports, law, message, notices, participants, run
from harborline.sites.console.contact.urls import URLS as CONTACT
from harborline.sites.console.disclosing.urls import URLS as DISCLOSING
from harborline.sites.console.documents.urls import URLS as DOCUMENTS
from harborline.sites.console.entering.urls import URLS as ENTERING
from harborline.sites.console.exchange.urls import URLS as EXCHANGE
from harborline.sites.console.oversight.urls import URLS as OVERSIGHT
from harborline.sites.console.records.urls import URLS as RECORDS
from harborline.sites.console.staff.urls import URLS as STAFF
from harborline.sites.console.texting.urls import URLS as TEXTING
from harborline.sites.console.vendoring.urls import URLS as VENDORING

app_name = "console"
urlpatterns = [
    path("", home.Home.as_view(), name="home"),
    path("program/", home.ChooseProgram.as_view(), name="program"),
    path("waiting/", home.Tasks.as_view(), name="tasks"),
    path("notices/", notices.Notices.as_view(), name="notices"),
    path("notices/start/", notices.Start.as_view(), name="start"),
    path("notices/<uuid:run_id>/", run.Run.as_view(), name="notice"),
    path("notices/<uuid:run_id>/live/", run.Live.as_view(), name="notice-live"),
    path("notices/<uuid:run_id>/texts/", run.Texts.as_view(), name="notice-texts"),
    path("notices/<uuid:run_id>/people/", run.People.as_view(), name="notice-people"),
    path("notices/<uuid:run_id>/not-reached/", run.Missed.as_view(), name="notice-missed"),
    path("notices/<uuid:run_id>/rows/", run.Rows.as_view(), name="notice-rows"),
    path("notices/<uuid:run_id>/bad-rows.csv", run.BadRows.as_view(), name="notice-bad-rows"),
    path("notices/<uuid:run_id>/call-list.csv", run.CallList.as_view(), name="notice-calls"),
    path("notices/<uuid:run_id>/letters.pdf", run.Letters.as_view(), name="notice-letters"),
    path("notices/<uuid:run_id>/not-reached/ask/", run.AskFiles.as_view(), name="notice-ask-files"),
    path(
        "notices/<uuid:run_id>/not-reached/<uuid:order_id>/approve/",
        run.ApproveFiles.as_view(),
        name="notice-approve-files",
    ),
    path("notices/<uuid:run_id>/approve/", run.Approve.as_view(), name="notice-approve"),
    path("notices/<uuid:run_id>/steer/", run.Steer.as_view(), name="notice-steer"),
    path("notices/<uuid:run_id>/schedule/", run.Schedule.as_view(), name="notice-schedule"),
    path("notices/<uuid:run_id>/test/", run.TestSend.as_view(), name="notice-test"),
    path("notices/messages/<uuid:message_id>/", message.Message.as_view(), name="message"),
    path("notices/messages/<uuid:message_id>/settle/", message.Settle.as_view(), name="message-settle"),
    path("notices/messages/<uuid:message_id>/again/", message.SendAgain.as_view(), name="message-again"),
    path("notices/messages/<uuid:message_id>/proof.json", message.Proof.as_view(), name="proof"),
    path("participants/", participants.Participants.as_view(), name="participants"),
    path("participants/<uuid:participant_id>/", participants.Participant.as_view(), name="participant"),
    path("participants/<uuid:participant_id>/permission/", participants.Permission.as_view(), name="permission"),
    path("participants/<uuid:participant_id>/release/", participants.Release.as_view(), name="release"),
    path("participants/<uuid:participant_id>/stop/", participants.Stop.as_view(), name="stop"),
    path("participants/<uuid:participant_id>/contact/", participants.Contact.as_view(), name="contact"),
    path("participants/<uuid:participant_id>/wording/", participants.Wording.as_view(), name="wording"),
    path("consents/<uuid:consent_id>/filed/", participants.Filed.as_view(), name="filed"),
    path("consents/<uuid:consent_id>/evidence.pdf", participants.Evidence.as_view(), name="evidence"),
    path("stops/<uuid:possible_id>/", participants.Settle.as_view(), name="settle"),
    path("numbers/<uuid:question_id>/", participants.SettleNumber.as_view(), name="number-settle"),
    path("imports/", imports.Imports.as_view(), name="imports"),
    path("imports/<uuid:import_id>/", imports.Import.as_view(), name="import"),
    path("law/", law.Law.as_view(), name="law"),
    path("account/", account.Account.as_view(), name="account"),
    *CONTACT,
    *DISCLOSING,
    *TEXTING,
    *RECORDS,
    *VENDORING,
    *EXCHANGE,
    *ENTERING,
    *DOCUMENTS,
    *STAFF,
    *OVERSIGHT,
]
