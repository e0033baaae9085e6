"""Forms about instances, one for each kind."""

from typing import Any

from django import forms

from dashboard.forms.stated import StatedForm
from migrator.models import Instance

_PLAIN = {"autocomplete": "off", "spellcheck": "false"}


def _text(label: str, help_text: str, *, required: bool = False) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=required,
        max_length=500,
        widget=forms.TextInput(attrs=_PLAIN),
    )


class ByHandForm(StatedForm):
    """An instance that a person serves with files."""

    name = forms.CharField(
        label="Name",
        max_length=100,
        help_text="Your own name for this instance, such as Claims Dallas.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class ConnectedForm(ByHandForm):
    """What an instance has that can be reached."""

    address = _text(
        "Address",
        "Open the instance in a browser and paste the address as it stands there; what is too "
        "much is cut off.",
        required=True,
    )
    connector_enabled = forms.BooleanField(
        label="Turn the connector on",
        required=False,
        help_text="It talks to the interface that Knowledge Studio's own pages use. IBM does not "
        "publish that interface and may change it. Off means that you bring and take files.",
    )


class CloudForm(ConnectedForm):
    """An instance in IBM Cloud."""

    iam_url = _text("IAM address", "Where API keys become tokens; empty for IBM Cloud's own.")
    profile_file = _text(
        "Connector profile", "Path of a profile file on this server; empty for the built-in v10."
    )


class Cp4dForm(ConnectedForm):
    """An instance in Cloud Pak for Data."""

    cp4d_url = _text(
        "Cloud Pak for Data address",
        "Where user and key become a token; empty for the host of the address above.",
    )
    ca_file = _text(
        "CA certificate", "Path of a PEM file on this server, for a certificate of your own."
    )
    profile_file = _text(
        "Connector profile", "Path of a profile file on this server; empty for the built-in v10."
    )


FORMS: dict[str, type[ByHandForm]] = {
    Instance.Kind.CLOUD: CloudForm,
    Instance.Kind.CP4D: Cp4dForm,
    Instance.Kind.BY_HAND: ByHandForm,
}


def instance_form(kind: str, posted: Any = None, instance: Instance | None = None) -> ByHandForm:
    """The form of `kind`, filled with what `instance` has."""
    form = FORMS[kind]
    initial = {name: getattr(instance, name) for name in form.base_fields} if instance else None
    return form(posted or None, initial=initial)
