"""Who is asking."""

from django.contrib.auth.models import User
from django.http import HttpRequest


def actor(request: HttpRequest) -> User:
    """The signed-in person, for services; the view's decorators let nobody else come here."""
    assert isinstance(request.user, User)
    return request.user
