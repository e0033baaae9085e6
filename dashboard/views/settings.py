"""Settings: what belongs to whoever looks, and for administrators how the server is set up."""

from typing import Any

from django.contrib.auth.decorators import login_required, permission_required
from django.contrib.auth.models import User
from django.db.models import Count, Exists, OuterRef, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from dashboard.answers import telling
from dashboard.forms.notifications import MailForm, WebhookForm, mail_fields
from dashboard.people import actor
from dashboard.server_facts import server_facts
from migrator.models import Channel, Delivery, TotpDevice
from migrator.services import encryption
from migrator.services.notifications import channels
from migrator.services.notifications.choices import SUGGESTED, choice_of
from migrator.services.retention import Rule
from migrator.services.users import role_of

manages = permission_required(channels.MANAGE, raise_exception=True)

SHOWN = 10  # messages that did not arrive


@require_safe
@login_required
def settings_page(request: HttpRequest) -> HttpResponse:
    """One's own account in short; for whoever may set things, the server's settings as well."""
    context: dict[str, Any] = {"rules": channels.rules(), **_own(actor(request))}
    if request.user.has_perm(channels.MANAGE):
        context |= {"messages_failed": _failed(), "messages_waiting": _waiting()}
    if request.user.has_perm("migrator.keep_archives"):
        context |= _archives()
    if request.user.has_perm("auth.change_user"):
        context |= {"people": _people(), "facts": server_facts()}
    return render(request, "dashboard/settings/settings.html", context)


@login_required
@manages
@sensitive_post_parameters("password")
def settings_mail(request: HttpRequest) -> HttpResponse:
    """Set the mail server up, or try what was typed without saving it."""
    row = channels.rules()
    form = MailForm(request.POST or None, initial={**mail_fields(row), "to": actor(request).email})
    context: dict[str, Any] = {"form": form, "rules": row}
    if form.is_valid():
        with form.refusing():
            if "test" not in request.POST:
                channels.set_mail(form.server, user=actor(request))
                return redirect("settings")
            to = form.cleaned_data["to"]
            channels.try_mail(form.server, to=to, user=actor(request))
            context["tested"] = f"{form.cleaned_data['host']} took the test message for {to}."
    return _answer(request, "mail", context)


@login_required
@manages
@never_cache
@sensitive_post_parameters("secret_address")
def settings_webhook(request: HttpRequest) -> HttpResponse:
    """Set the webhook up, or try what was typed without saving it; a new key is shown once."""
    row = channels.rules()
    kinds = row.webhook_kinds if row.calls_webhook else SUGGESTED
    form = WebhookForm(request.POST or None, initial={"kinds": kinds})
    context: dict[str, Any] = {"form": form, "rules": row}
    if form.is_valid():
        given = form.cleaned_data
        with form.refusing():
            if "test" in request.POST:
                channels.try_webhook(given["secret_address"], user=actor(request))
                context["tested"] = "The webhook took the test message."
            elif key := channels.set_webhook(
                given["secret_address"],
                given["kinds"],
                user=actor(request),
                new_key=given["new_key"],
            ):
                return render(request, "dashboard/settings/key.html", {"key": key})
            else:
                return redirect("settings")
    return _answer(request, "webhook", context)


@require_POST
@login_required
@manages
def settings_test(request: HttpRequest, channel: str) -> HttpResponse:
    """Send a test by what is stored: a mail to oneself, or to the webhook."""
    me = actor(request)
    if channel == Channel.MAIL:
        with telling(request, f"The mail server took the test message for {me.email}."):
            channels.try_mail(None, to=me.email, user=me)
    else:
        with telling(request, "The webhook took the test message."):
            channels.try_webhook("", user=me)
    return redirect("settings")


@require_POST
@login_required
@manages
def settings_off(request: HttpRequest, channel: str) -> HttpResponse:
    """Send nothing by this channel any more."""
    turn_off = channels.turn_mail_off if channel == Channel.MAIL else channels.turn_webhook_off
    words = f"{Channel(channel).label} is off, and its secrets are forgotten."
    with telling(request, words):
        turn_off(user=actor(request))
    return redirect("settings")


def _answer(request: HttpRequest, name: str, context: dict[str, Any]) -> HttpResponse:
    """The page; where a script asked for a test, what came of it alone, so that nothing typed is
    lost."""
    part = request.headers.get("HX-Request") == "true"
    template = "tested" if part else name
    return render(request, f"dashboard/settings/{template}.html", context)


def _own(me: User) -> dict[str, Any]:
    """What concerns whoever looks, in one query and those for the role."""
    device = TotpDevice.objects.filter(user=OuterRef("pk"), confirmed=True)
    found = User.objects.select_related("notification_choice").annotate(
        has_device=Exists(device), token_count=Count("auth_token_set")
    )
    person = found.get(pk=me.pk)
    return {
        "me": person,
        "role": role_of(person),
        "wanted": len(choice_of(person).kinds),
    }


def _archives() -> dict[str, Any]:
    row = encryption.rules()
    rule = Rule(row.keep_days, row.keep_newest, row.takes_receipts)
    return {"archive_rule": str(rule), "recipients": len(row.recipients)}


def _people() -> dict[str, int]:
    now = timezone.now()
    active = Q(is_active=True)
    good = Q(auth_token_set__expiry=None) | Q(auth_token_set__expiry__gt=now)
    return User.objects.aggregate(
        active=Count("pk", filter=active, distinct=True),
        admins=Count("pk", filter=active & Q(is_superuser=True), distinct=True),
        off=Count("pk", filter=~active, distinct=True),
        without_mail=Count("pk", filter=active & Q(email=""), distinct=True),
        tokens=Count("auth_token_set", filter=good, distinct=True),
    )


def _failed() -> list[Delivery]:
    """The last messages that were given up."""
    rows = Delivery.objects.failed().select_related("notification", "person")
    return list(rows[:SHOWN])


def _waiting() -> int:
    """Messages that are still tried."""
    return Delivery.objects.open().count()
