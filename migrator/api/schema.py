"""What the OpenAPI description says beside what the views say themselves."""

from typing import Any

from drf_spectacular.openapi import AutoSchema
from rest_framework import serializers

# status: when
REFUSALS = {
    "400": "The call is not understood; `detail` says which field is wrong.",
    "401": "Nobody is signed in, or the token is not good.",
    "403": "The person may not do this.",
    "404": "There is no such thing.",
    "409": "It cannot be done as things stand; the sentences say why and what to do.",
    "422": "A file cannot be read, or the Idempotency-Key came with another call.",
    "424": "Knowledge Studio wants a new credential.",
    "429": "Too many calls; `Retry-After` says when to go on.",
    "503": "A service that is needed does not answer now; try again.",
}
CHANGING_ONLY = {"400", "409", "422", "424", "503"}


class Refusal(serializers.Serializer[None]):
    """Every refusal has this shape; what is optional stands there where it is known."""

    detail = serializers.JSONField(help_text="A sentence, or the errors by field.")
    code = serializers.CharField()
    happened = serializers.CharField(required=False)
    meaning = serializers.CharField(required=False)
    remedy = serializers.CharField(required=False)
    reference = serializers.CharField(required=False)


class Schema(AutoSchema):
    """Adds the refusals that every operation may answer with."""

    def get_operation(self, *args: Any, **kwargs: Any) -> dict[str, Any] | None:
        """The operation with its refusals."""
        operation: dict[str, Any] | None = super().get_operation(*args, **kwargs)
        if operation is None:
            return None
        shape = self.resolve_serializer(Refusal, "response").ref
        for status, words in REFUSALS.items():
            if self.method == "GET" and status in CHANGING_ONLY - {"400"}:
                continue
            content = {"application/json": {"schema": shape}}
            operation["responses"].setdefault(status, {"description": words, "content": content})
        return operation
