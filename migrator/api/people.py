"""Who is asking."""

from django.contrib.auth.models import User
from rest_framework.request import Request


def actor(request: Request) -> User:
    """The signed-in person, for services; the permissions let nobody else come here."""
    assert isinstance(request.user, User)
    return request.user
