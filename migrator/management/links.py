"""Links that commands print."""

from urllib.parse import urljoin

from django.urls import reverse

from migrator.services.first_admin import make_set_up_token


def set_up_link(address: str) -> str:
    """The link with which a person makes the first administrator of the site at `address`."""
    return urljoin(address, reverse("set-up", args=[make_set_up_token()]))
