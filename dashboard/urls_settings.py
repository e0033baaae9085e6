"""The addresses of the settings."""

from django.urls import path

from dashboard.views import account, settings

_MAIL, _WEBHOOK = {"channel": "mail"}, {"channel": "webhook"}

urlpatterns = [
    path("settings/", settings.settings_page, name="settings"),
    path("settings/mail", settings.settings_mail, name="settings-mail"),
    path("settings/mail/test", settings.settings_test, _MAIL, name="settings-mail-test"),
    path("settings/mail/off", settings.settings_off, _MAIL, name="settings-mail-off"),
    path("settings/webhook", settings.settings_webhook, name="settings-webhook"),
    path("settings/webhook/test", settings.settings_test, _WEBHOOK, name="settings-webhook-test"),
    path("settings/webhook/off", settings.settings_off, _WEBHOOK, name="settings-webhook-off"),
    path("account/messages", account.account_messages, name="account-messages"),
]
