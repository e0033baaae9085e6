"""The second factor of sign-in: an authenticator app (TOTP, RFC 6238) and recovery codes."""

import base64
import secrets
import time
from urllib.parse import quote

from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django_otp.oath import TOTP

from migrator.errors import ServiceError
from migrator.models import Credential, RecoveryCode, TotpDevice
from migrator.services import audit
from migrator.services.credentials import reveal_totp_key, seal_totp_key

KEY_BYTES = 20  # RFC 4226 asks for 160 bits
STEP = 30  # seconds a code is good for
TOLERANCE = 1  # steps before and after, for clocks that differ
CODES = 8
ISSUER = "Knowledge Studio Migrator"
# No letters that look like digits.
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


def has_second_factor(person: User) -> bool:
    """Whether signing in asks this person for a code."""
    return bool(TotpDevice.objects.filter(user=person, confirmed=True).exists())


@transaction.atomic
def begin_enrolling(person: User) -> TotpDevice:
    """A device with a new key, not asked for until `confirm` got its first code."""
    known: TotpDevice | None = TotpDevice.objects.filter(user=person).first()
    if known is not None and known.confirmed:
        raise ServiceError(
            "An authenticator app is set up already.",
            meaning="Nothing was changed.",
            remedy="Turn it off first, then set up the other one.",
        )
    if known is not None:
        return known
    sealed = seal_totp_key(secrets.token_bytes(KEY_BYTES))
    device: TotpDevice = TotpDevice.objects.create(
        user=person, name="authenticator app", confirmed=False, credential=sealed
    )
    return device


def key_text(device: TotpDevice) -> str:
    """The key as people type it into an app: Base32 in groups of four."""
    plain = base64.b32encode(reveal_totp_key(device.credential)).decode().rstrip("=")
    return " ".join(plain[at : at + 4] for at in range(0, len(plain), 4))


def key_address(device: TotpDevice) -> str:
    """The otpauth address that a QR code holds (Google's "Key Uri Format")."""
    key = key_text(device).replace(" ", "")
    account = quote(f"{ISSUER}:{device.user.get_username()}")
    return f"otpauth://totp/{account}?secret={key}&issuer={quote(ISSUER)}"


@transaction.atomic
def confirm(person: User, *, code: str) -> list[str]:
    """Turn the device on with its first right code; gives the recovery codes, shown once.

    ServiceError where the code is wrong.
    """
    device = _device(person, confirmed=False)
    if not _is_right(device, code):
        raise _wrong_code()
    device.confirmed = True
    device.save()
    audit.record(person, "second_factor.turned_on", person)
    return renew_recovery_codes(person)


@transaction.atomic
def renew_recovery_codes(person: User) -> list[str]:
    """New recovery codes; the old ones stop working."""
    RecoveryCode.objects.filter(user=person).delete()
    codes = [_new_code() for _ in range(CODES)]
    RecoveryCode.objects.bulk_create(
        RecoveryCode(user=person, hashed=make_password(_plain(code))) for code in codes
    )
    return codes


def check_code(person: User, code: str) -> None:
    """Return where `code` is right: the app's, or a recovery code that was not used yet.

    ServiceError where it is wrong, or came too soon after wrong ones.
    """
    with transaction.atomic():
        device = _device(person, confirmed=True)
        allowed, _ = device.verify_is_allowed()
        right = allowed and (_is_right(device, code) or _is_recovery_code(person, code))
        if allowed and not right:
            device.throttle_increment()
        if right:
            device.throttle_reset()
    if not allowed:
        raise ServiceError(
            "Wait a moment: there were wrong codes before.",
            meaning="You are not signed in.",
            remedy="Try again in a minute.",
        )
    if not right:
        raise _wrong_code()


@transaction.atomic
def turn_off(person: User, *, user: User) -> None:
    """Remove the second factor: one's own, or as an administrator for somebody who lost it."""
    if TotpDevice.objects.filter(user=person).exists():
        forget(person)
        audit.record(user, "second_factor.turned_off", person)


def forget(person: User) -> None:
    """Delete what is kept of somebody's authenticator app and recovery codes."""
    Credential.objects.filter(totp_device__user=person).delete()
    RecoveryCode.objects.filter(user=person).delete()


def _device(person: User, *, confirmed: bool) -> TotpDevice:
    rows = TotpDevice.objects.select_for_update().filter(user=person, confirmed=confirmed)
    device: TotpDevice | None = rows.first()
    if device is None:
        raise ServiceError(
            "There is no authenticator app to check the code with.",
            meaning="Nothing was changed.",
            remedy="Set one up on the page Your account.",
        )
    return device


def _is_right(device: TotpDevice, code: str) -> bool:
    """Whether it is the app's code of about now; the same one is not right a second time."""
    digits = _plain(code)
    if not (digits.isascii() and digits.isdecimal() and len(digits) == 6):
        return False
    totp = TOTP(reveal_totp_key(device.credential), step=STEP)
    totp.time = time.time()
    if not totp.verify(int(digits), TOLERANCE, device.last_step + 1):
        return False
    device.last_step = totp.t()
    device.save(update_fields=["last_step"])
    return True


def _is_recovery_code(person: User, code: str) -> bool:
    for row in RecoveryCode.objects.filter(user=person, used_at=None):
        if check_password(_plain(code), row.hashed):
            used = RecoveryCode.objects.filter(pk=row.pk, used_at=None)
            if used.update(used_at=timezone.now()):
                audit.record(person, "recovery_code.used", person)
                return True
    return False


def _new_code() -> str:
    letters = "".join(secrets.choice(_ALPHABET) for _ in range(10))
    return f"{letters[:5]}-{letters[5:]}"


def _plain(code: str) -> str:
    return code.replace(" ", "").replace("-", "").lower()


def _wrong_code() -> ServiceError:
    return ServiceError(
        "This code is not right.",
        meaning="Nothing was changed.",
        remedy="Take the one that the app shows now, and check that your device's clock is right.",
    )
