"""Tokens: IBM Cloud IAM (section 2 of IBM's interfaces) and Cloud Pak for Data (section 3)."""

import base64
import hmac
import json
import secrets
import sqlite3

from werkzeug.wrappers import Response

from sandbox.answers import Refused, json_answer, new_id
from sandbox.calls import Call

API_KEY_GRANT = "urn:ibm:params:oauth:grant-type:apikey"
CP4D_SECONDS = 12 * 3600


def iam_token(call: Call) -> Response:
    """POST /identity/token: an API key for a bearer token."""
    form = call.request.form
    if form.get("grant_type") != API_KEY_GRANT:
        raise _iam_error("BXNIM0109E", "Property missing or empty: grant_type.")
    found = call.db.execute(
        "SELECT * FROM api_keys WHERE key = ?", (form.get("apikey", ""),)
    ).fetchone()
    if found is None:
        raise _iam_error("BXNIM0415E", "Provided API key could not be found.")
    seconds = call.state.options.token_seconds
    token = _issue(call, found, seconds, {"iss": "sandbox", "sub": found["user_id"]})
    return json_answer(
        {
            "access_token": token,
            "refresh_token": "not_supported",
            "token_type": "Bearer",
            "expires_in": int(seconds),
            "expiration": int(call.state.now() + seconds),
            "scope": "ibm openid",
        }
    )


def _iam_error(code: str, message: str) -> Refused:
    context = {"requestId": new_id(), "requestType": "incoming.Identity_Token"}
    return Refused(400, message, errorCode=code, errorMessage=message, context=context)


def cp4d_token(call: Call) -> Response:
    """POST /icp4d-api/v1/authorize: user with API key or password for a token."""
    body = call.body()
    found = call.db.execute(
        "SELECT * FROM logins WHERE username = ?", (call.text(body, "username", ""),)
    ).fetchone()
    secret = "api_key" if "api_key" in body else "password"
    given = call.text(body, secret, "")
    if found is None or not hmac.compare_digest(found[secret].encode(), given.encode()):
        text = "Username and password are not valid."
        raise Refused(401, text, _statusCode_=401, exception="unauthorized", message=text)
    claims = {"username": found["username"], "sub": found["username"]}
    token = _issue(call, found, CP4D_SECONDS, claims)
    return json_answer({"_messageCode_": "200", "message": "Success", "token": token})


def _issue(call: Call, holder: sqlite3.Row, seconds: float, claims: dict[str, str]) -> str:
    expires = call.state.now() + seconds
    token = _jwt({**claims, "iat": int(call.state.now()), "exp": int(expires)})
    columns = holder.keys()
    service = holder["service"] if "service" in columns else ""
    user_id = holder["user_id"] if "user_id" in columns else holder["username"]
    call.db.execute(
        "INSERT INTO tokens (token, account, user_id, service, expires) VALUES (?, ?, ?, ?, ?)",
        (token, holder["account"], user_id, service, expires),
    )
    return token


def _jwt(claims: dict[str, object]) -> str:
    """A token that reads like a JWT; its signature is random, since only the sandbox checks it."""
    header = _part(json.dumps({"alg": "RS256", "typ": "JWT"}).encode())
    return f"{header}.{_part(json.dumps(claims).encode())}.{_part(secrets.token_bytes(32))}"


def _part(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
