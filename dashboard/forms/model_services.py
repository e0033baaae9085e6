"""Forms about the services that models are deployed to."""

from collections.abc import Mapping
from typing import Any

from django import forms

from dashboard.forms.credentials import secret_field
from dashboard.forms.stated import StatedForm
from migrator.models import Credential, ModelService

_PLAIN = {"autocomplete": "off", "spellcheck": "false"}
BY_HAND = "none"


class ServiceCredentialForm(StatedForm):
    """How to sign in to a service: by API key, by Cloud Pak for Data user, or not at all."""

    all_optional = True  # which fields are needed follows the choice

    FIELDS: Mapping[str, tuple[str, ...]] = {
        Credential.Kind.APIKEY: ("apikey",),
        Credential.Kind.CP4D: ("username", "api_key", "password"),
        BY_HAND: (),
    }

    credential_kind = forms.ChoiceField(
        label="How to sign in",
        choices=[
            (Credential.Kind.APIKEY, "IBM Cloud API key"),
            (Credential.Kind.CP4D, "Cloud Pak for Data user"),
            (BY_HAND, "Not from here: I look myself and bring the list"),
        ],
        initial=Credential.Kind.APIKEY,
        widget=forms.RadioSelect,
    )
    apikey = secret_field(
        "API key",
        "From the service's own credentials, or from Manage > Access (IAM) > API keys. It needs "
        "the role Manager to undeploy.",
    )
    username = forms.CharField(
        label="User name", required=False, widget=forms.TextInput(attrs=_PLAIN)
    )
    api_key = secret_field("API key of the user", "Better than a password.")
    password = secret_field("Password", "Only where there is no API key.")

    def clean(self) -> dict[str, Any]:
        """Every field that the chosen way needs."""
        given = self.cleaned_data
        kind = given.get("credential_kind")
        if kind == Credential.Kind.APIKEY and not given.get("apikey"):
            self.add_error("apikey", "The API key is missing.")
        if kind == Credential.Kind.CP4D:
            if not given.get("username"):
                self.add_error("username", "The user name is missing.")
            if not (given.get("api_key") or given.get("password")):
                self.add_error("api_key", "Fill in the API key or the password.")
        return given

    @property
    def credential(self) -> dict[str, str] | None:
        """What the service seals; None where a person looks."""
        kind = self.cleaned_data["credential_kind"]
        if kind == BY_HAND:
            return None
        given = {name: self.cleaned_data[name] for name in self.FIELDS[kind]}
        return {"kind": kind, **{name: text for name, text in given.items() if text}}


class LinkForm(ServiceCredentialForm):
    """A service to be linked to an instance."""

    kind = forms.ChoiceField(
        label="Which service",
        choices=ModelService.Kind.choices,
        initial=ModelService.Kind.NLU,
        widget=forms.RadioSelect,
    )
    name = forms.CharField(
        label="Name",
        max_length=100,
        required=False,
        help_text="Your own name for it, such as NLU production. May stay empty.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    address = forms.CharField(
        label="Address",
        max_length=500,
        help_text="The URL from the service's credentials, such as https://api.us-south.natural-"
        "language-understanding.watson.cloud.ibm.com/instances/… What is too much is cut off.",
        widget=forms.TextInput(attrs=_PLAIN),
    )
    iam_url = forms.CharField(
        label="IAM address",
        max_length=500,
        required=False,
        help_text="Where API keys become tokens; empty for IBM Cloud's own.",
        widget=forms.TextInput(attrs=_PLAIN),
    )
    ca_file = forms.CharField(
        label="CA certificate",
        max_length=500,
        required=False,
        help_text="Path of a PEM file on this server, for a certificate of your own.",
        widget=forms.TextInput(attrs=_PLAIN),
    )

    @property
    def service(self) -> dict[str, Any]:
        """What `link_model_service` takes beside the credential."""
        names = ("kind", "name", "address", "iam_url", "ca_file")
        return {name: self.cleaned_data[name] for name in names}


class ServiceForm(StatedForm):
    """What can be changed of a linked service."""

    name = forms.CharField(
        label="Name",
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    monthly_rate = forms.DecimalField(
        label="What one deployed model costs a month",
        required=False,
        min_value=0,
        max_digits=10,
        decimal_places=2,
        help_text="As your contract or bill says; this product knows no prices. Empty for no "
        "estimate.",
        widget=forms.NumberInput(attrs={"step": "0.01", "inputmode": "decimal"}),
    )
    currency = forms.RegexField(
        r"^[A-Za-z]{3}$",
        label="Currency",
        required=False,
        max_length=3,
        help_text="Three letters, such as USD.",
        error_messages={"invalid": "Three letters, such as USD or EUR."},
    )

    def clean(self) -> dict[str, Any]:
        """A rate has a currency."""
        given = self.cleaned_data
        if given.get("monthly_rate") is not None and not given.get("currency"):
            self.add_error("currency", "A rate needs a currency.")
        return given


class LookForm(StatedForm):
    """What a person saw: the service's own answer, pasted."""

    answer = forms.CharField(
        label="The service's answer",
        help_text='The whole JSON text; it begins with {"models": [',
        widget=forms.Textarea(attrs={"rows": 8, "class": "app-mono", **_PLAIN}),
    )
