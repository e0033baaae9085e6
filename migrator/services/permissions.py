"""Who may call a service: the permission stands on the service, so that every door asks it."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from migrator.errors import ServiceError

P = ParamSpec("P")
R = TypeVar("R")


class NotAllowed(ServiceError):
    """The person may not do this; doors answer 403."""

    def __init__(self, permission: str) -> None:
        super().__init__(
            "You may not do this.",
            meaning="Nothing changed.",
            remedy="An administrator can give you the role that may.",
        )
        self.permission = permission


def requires(permission: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Let only those call the service whose `user` has `permission`, and the server itself.

    `user=None` is the server: a worker, or somebody at its command line.
    """

    def decorate(service: Callable[P, R]) -> Callable[P, R]:
        @wraps(service)
        def asked(*args: P.args, **kwargs: P.kwargs) -> R:
            user = kwargs.get("user")
            if user is not None and not user.has_perm(permission):  # type: ignore[attr-defined]
                raise NotAllowed(permission)
            return service(*args, **kwargs)

        asked.permission = permission  # type: ignore[attr-defined]
        return asked

    return decorate
