"""Forms for credentials, one for each kind of instance; what is stored is never shown again."""

from collections.abc import Mapping
from typing import Any

from django import forms

from dashboard.forms.stated import StatedForm
from migrator.models import Credential, Instance


def secret_field(label: str, help_text: str = "") -> forms.CharField:
    """A field whose value no page ever shows again."""
    widget = forms.PasswordInput(attrs={"autocomplete": "new-password", "spellcheck": "false"})
    return forms.CharField(label=label, help_text=help_text, required=False, widget=widget)


class CloudCredentialForm(StatedForm):
    """For IBM Cloud: the cookies of a signed-in browser, or an API key."""

    all_optional = True  # which fields are needed follows the choice

    FIELDS: Mapping[str, tuple[str, ...]] = {
        Credential.Kind.SESSION: ("xsrf_token", "dpat"),
        Credential.Kind.APIKEY: ("apikey",),
    }

    credential_kind = forms.ChoiceField(
        label="How to sign in",
        choices=[
            (Credential.Kind.SESSION, "Session cookies of a signed-in browser"),
            (Credential.Kind.APIKEY, "IBM Cloud API key"),
        ],
        initial=Credential.Kind.SESSION,
        widget=forms.RadioSelect,
    )
    xsrf_token = secret_field(
        "WKS-XSRF-TOKEN",
        "In the browser, signed in to Knowledge Studio, open the developer tools, then "
        "Application or Storage, then Cookies.",
    )
    dpat = secret_field("Watson-DPAT", "The cookie of that name, from the same place. Both expire.")
    apikey = secret_field("API key", "From Manage > Access (IAM) > API keys in IBM Cloud.")

    def clean(self) -> dict[str, Any]:
        """Every field of the chosen kind."""
        cleaned = self.cleaned_data
        for name in self.FIELDS.get(cleaned.get("credential_kind", ""), ()):
            if not cleaned.get(name):
                self.add_error(name, f"{self.fields[name].label} is missing.")
        return cleaned

    @property
    def credential(self) -> dict[str, str]:
        """What the service seals."""
        kind = self.cleaned_data["credential_kind"]
        return {"kind": kind, **{name: self.cleaned_data[name] for name in self.FIELDS[kind]}}


class Cp4dCredentialForm(StatedForm):
    """For Cloud Pak for Data: a user with an API key or a password."""

    all_optional = True  # one of the two secrets is needed

    username = forms.CharField(
        label="User name",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    api_key = secret_field(
        "API key", "From your profile in Cloud Pak for Data. Better than a password."
    )
    password = secret_field("Password", "Only where there is no API key.")

    def clean(self) -> dict[str, Any]:
        """One of the two secrets."""
        if not (self.cleaned_data.get("api_key") or self.cleaned_data.get("password")):
            self.add_error("api_key", "Fill in the API key or the password.")
        return self.cleaned_data

    @property
    def credential(self) -> dict[str, str]:
        """What the service seals."""
        given = {name: self.cleaned_data[name] for name in ("username", "api_key", "password")}
        return {
            "kind": Credential.Kind.CP4D,
            **{name: text for name, text in given.items() if text},
        }


FORMS: dict[str, type[CloudCredentialForm | Cp4dCredentialForm]] = {
    Instance.Kind.CLOUD: CloudCredentialForm,
    Instance.Kind.CP4D: Cp4dCredentialForm,
}


def credential_form(kind: str, posted: Any = None) -> CloudCredentialForm | Cp4dCredentialForm:
    """The form for an instance of `kind`."""
    return FORMS[kind](posted or None)
