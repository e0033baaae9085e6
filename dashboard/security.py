"""What the browser may load and do on our pages."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from migrator.upload_limits import is_too_large

# No inline script or style anywhere: both come from files of ours.
POLICY = "; ".join(
    (
        "default-src 'self'",
        "img-src 'self' data:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
# What a page may ask of the machine it is shown on: nothing.
PERMISSIONS = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"


def content_security_policy(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Add the policy to every answer that has none of its own."""

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        return response

    return answer


def refuse_large_uploads(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Answer an upload that is too large, or that the disk has no room for, without reading it."""

    def answer(request: HttpRequest) -> HttpResponse:
        if not is_too_large(request):
            return get_response(request)
        words = {
            "happened": "The upload is larger than this server takes.",
            "meaning": "Nothing of it was stored.",
            "remedy": f"At most {settings.MAX_UPLOAD_MB:,} MB are taken at once, and the disk "
            "needs room for it. Send less, free some space, or raise MAX_UPLOAD_MB.",
        }
        if request.path.startswith("/api/"):
            refused = {"detail": " ".join(words.values()), "code": "too_large", **words}
            return JsonResponse(refused, status=413)
        return render(request, "413.html", {"words": words}, status=413)

    return answer
