"""Django settings: all that differs between machines comes through `migrator.env`."""

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

from migrator import env, logs, schedule

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = env.data_dir()

SECRET_KEY = env.secret("SECRET_KEY", DATA_DIR, env.make_secret_key)
# The first key seals, all of them open: MultiFernet's order. Kept apart from SECRET_KEY so that
# either can be replaced without the other.
CREDENTIAL_KEYS = [
    key.strip()
    for key in env.secret("CREDENTIAL_KEYS", DATA_DIR, env.make_credential_key).split(",")
]

DEBUG = env.flag("DEBUG")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS")

# Host patterns on which an instance may live (fnmatch, lower case). Loopback and private hosts are
# refused unless a pattern names them.
INSTANCE_HOSTS = env.words("INSTANCE_HOSTS", env.IBM_HOSTS)

# Where IBM Cloud lists the services of an account, and where one of those answers.
RESOURCE_CONTROLLER_URL = env.text(
    "RESOURCE_CONTROLLER_URL", "https://resource-controller.cloud.ibm.com"
)
SERVICE_ADDRESS = env.text(
    "SERVICE_ADDRESS", "https://api.{region}.{service}.watson.cloud.ibm.com/instances/{guid}"
)

# Host patterns to which messages may go, by mail and to a webhook. `*`: all of the internet, but
# not the own network, of which a pattern names each host.
NOTIFY_HOSTS = env.words("NOTIFY_HOSTS", "*")
# A CA file (PEM) for a mail server or a webhook of one's own network; empty means the system's.
NOTIFY_CA_FILE = env.text("NOTIFY_CA_FILE")
# Where people reach the site, for the links in messages; without it they carry none.
SITE_URL = env.text("SITE_URL").rstrip("/")
if SITE_URL and not SITE_URL.startswith(("https://", "http://")):
    raise ImproperlyConfigured("SITE_URL begins with https:// (or http://).")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "knox",
    "axes",
    "django_otp",
    "mozilla_django_oidc",
    "migrator",
    "dashboard",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "dashboard.slashes.without_slash",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "dashboard.security.content_security_policy",
    "dashboard.security.refuse_large_uploads",
    "dashboard.kept_input.keep_input",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "migrator.urls"
WSGI_APPLICATION = "migrator.wsgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "dashboard.context.page",
            ],
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
        },
    }
]

# SQLite in WAL mode with immediate transactions by default; DATABASE_URL names PostgreSQL.
DATABASES: dict[str, Any] = {
    "default": (
        dj_database_url.parse(env.text("DATABASE_URL"))
        if env.text("DATABASE_URL")
        # Not as an address: a folder's name may hold what an address gives a meaning to.
        else {"ENGINE": "django.db.backends.sqlite3", "NAME": DATA_DIR / "migrator.sqlite3"}
    )
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        "timeout": 20,  # seconds a writer waits for the other writer
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
else:
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault("connect_timeout", 2)  # seconds
    DATABASES["default"]["CONN_MAX_AGE"] = 60
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",  # first: it refuses whoever is locked out
    "django.contrib.auth.backends.ModelBackend",
]
# Wrong passwords for one name from one address, and the minutes that this name then waits there.
SIGN_IN_TRIES = env.number("SIGN_IN_TRIES", 8)
SIGN_IN_PAUSE_MINUTES = env.number("SIGN_IN_PAUSE_MINUTES", 15)
AXES_FAILURE_LIMIT = SIGN_IN_TRIES
AXES_COOLOFF_TIME = timedelta(minutes=SIGN_IN_PAUSE_MINUTES)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_CALLABLE = "dashboard.views.session.locked_out"
AXES_RESET_ON_SUCCESS = True
AXES_ENABLE_ADMIN = False
AXES_DISABLE_ACCESS_LOG = True  # the audit log has it
AXES_SENSITIVE_PARAMETERS: list[str] = ["password", "code"]
# What a second person has to allow: some of overwrite, undeploy, delete; nothing by default.
SECOND_PERSON = env.words("SECOND_PERSON")
if set(SECOND_PERSON) - {"overwrite", "undeploy", "delete"}:
    raise ImproperlyConfigured("SECOND_PERSON names some of overwrite, undeploy and delete.")

# Sign-in with an OpenID Connect provider, beside names and passwords; off without a client id.
OIDC_RP_CLIENT_ID = env.text("OIDC_CLIENT_ID")
OIDC_RP_CLIENT_SECRET = env.text("OIDC_CLIENT_SECRET")
OIDC_NAME = env.text("OIDC_NAME", "single sign-on") if OIDC_RP_CLIENT_ID else ""
OIDC_OP_AUTHORIZATION_ENDPOINT = env.text("OIDC_AUTHORIZATION_ENDPOINT")
OIDC_OP_TOKEN_ENDPOINT = env.text("OIDC_TOKEN_ENDPOINT")
OIDC_OP_USER_ENDPOINT = env.text("OIDC_USER_ENDPOINT")
OIDC_OP_JWKS_ENDPOINT = env.text("OIDC_JWKS_ENDPOINT")
OIDC_RP_SIGN_ALGO = env.text("OIDC_SIGN_ALGORITHM", "RS256")
OIDC_RP_SCOPES = env.text("OIDC_SCOPES", "openid email profile")
OIDC_USERNAME_CLAIM = env.text("OIDC_USERNAME_CLAIM", "preferred_username")
# role=group,…: the role that a group of the claim gives at each sign-in; empty: viewer at first.
OIDC_ROLES = dict(pair.split("=", 1) for pair in env.words("OIDC_ROLES"))
OIDC_ROLES_CLAIM = env.text("OIDC_ROLES_CLAIM", "groups")
OIDC_TIMEOUT = 10  # seconds
OIDC_USE_PKCE = True
LOGIN_REDIRECT_URL_FAILURE = "/sign-in?oidc=failed"
if OIDC_RP_CLIENT_ID:
    AUTHENTICATION_BACKENDS.append("dashboard.oidc.Backend")
KNOX_TOKEN_MODEL = "migrator.ApiToken"
REST_KNOX = {"TOKEN_PREFIX": "ksm_", "TOKEN_LIMIT_PER_USER": None, "AUTO_REFRESH": False}
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "sign-in"

LANGUAGE_CODE = "en"
TIME_ZONE = env.text("TIME_ZONE", "UTC")
USE_I18N = False
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # whitenoise warns where it is missing
STATICFILES_DIRS = [BASE_DIR / "static"]
# script/server collects (and compresses) the files; until then they are served where they lie.
WHITENOISE_USE_FINDERS = not any(STATIC_ROOT.iterdir())

# What a worker writes while it works (downloads, half-made archives) stays on the same volume as
# the archives, so that a finished file is moved by a rename. The steps of one run may be worked on
# by several hosts: then all of them, and the web hosts that take uploads, have to see this folder.
WORK_DIR = env.work_dir(DATA_DIR)
STORAGES: dict[str, Any] = {
    "default": (
        {
            "BACKEND": "migrator.storage.Bucket",
            "OPTIONS": {
                "bucket_name": env.text("S3_BUCKET"),
                "endpoint_url": env.text("S3_ENDPOINT") or None,  # None: Amazon's own
                "region_name": env.text("S3_REGION", "us-east-1"),
                # None: what Amazon's library finds, such as the role of the machine.
                "access_key": env.text("S3_ACCESS_KEY") or None,
                "secret_key": env.text("S3_SECRET_KEY") or None,
                "presigned": env.flag("S3_PRESIGNED"),
            },
        }
        if env.text("S3_BUCKET")
        else {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": DATA_DIR / "archives"},
        }
    ),
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"},
}
if bool(env.text("S3_ACCESS_KEY")) != bool(env.text("S3_SECRET_KEY")):
    raise ImproperlyConfigured("S3_ACCESS_KEY and S3_SECRET_KEY go together: set both or neither.")
if not env.text("S3_BUCKET") and (env.text("S3_ENDPOINT") or env.text("S3_ACCESS_KEY")):
    raise ImproperlyConfigured("S3_BUCKET is missing; without it archives stay in DATA_DIR.")
FILE_UPLOAD_TEMP_DIR = WORK_DIR / "uploads"
FILE_UPLOAD_TEMP_DIR.mkdir(parents=True, exist_ok=True, mode=0o700)
# Every upload goes to disk: an upload never costs memory by its size.
FILE_UPLOAD_HANDLERS = ["migrator.upload_limits.LimitedUploadHandler"]
MAX_UPLOAD_MB = env.number("MAX_UPLOAD_MB", 20_000)
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
# The files of 300 workspaces dropped together.
DATA_UPLOAD_MAX_NUMBER_FILES = 1000

# Calls a second to one instance, and steps that work on one instance at once, over all workers.
INSTANCE_CALLS_PER_SECOND = env.number("INSTANCE_CALLS_PER_SECOND", 10)
INSTANCE_STEPS = env.number("INSTANCE_STEPS", 4)
# Seconds of silence after which a call is given up and looked at again. Where the service packs a
# whole workspace before it answers, the profile's read_seconds allow for more.
INSTANCE_SILENCE_SECONDS = env.number("INSTANCE_SILENCE_SECONDS", 120)
# How long the documents of a target must stay the same before an upload whose answer was lost is
# taken not to have arrived. The service does not say what it is still importing.
IMPORT_SETTLE_SECONDS = env.number("IMPORT_SETTLE_SECONDS", 120)
# Megabytes that stay free on the disk for the database, the broker and the log.
DISK_RESERVE_MB = env.number("DISK_RESERVE_MB", 200)

REDIS_URL = env.redis_url(DATA_DIR)
# kombu names a unix socket redis+socket://; redis-py names it unix://.
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://", 1)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 3, "interval_start": 0, "interval_max": 1}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_TRANSPORT_OPTIONS = {
    # Above the longest task: a step that works for hours must not be handed out twice. The
    # heartbeat task is the real recovery.
    "visibility_timeout": 24 * 3600,
    "unacked_restore_interval": 5,
    "socket_timeout": 10,
    "socket_connect_timeout": 5,
}
CELERY_BEAT_SCHEDULE = schedule.SCHEDULE

# What is sent in a session that has ended is kept and can be sent again: see dashboard.kept_input.
SESSION_COOKIE_AGE = env.number("SESSION_HOURS", 12) * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_COOKIES = env.flag("SECURE_COOKIES")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_COOKIES
# Where the site is reached by https alone, browsers are told to remember it for a year.
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if SECURE_COOKIES else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.flag("BEHIND_PROXY") else None
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "knox.auth.TokenAuthentication",  # first: it makes a missing sign-in a 401
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PAGINATION_CLASS": "rest_framework.pagination.LimitOffsetPagination",
    "PAGE_SIZE": 50,
    "EXCEPTION_HANDLER": "migrator.api.errors.answer",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "migrator.api.schema.Schema",
    "DEFAULT_THROTTLE_CLASSES": ["rest_framework.throttling.UserRateThrottle"],
    "DEFAULT_THROTTLE_RATES": {"user": env.text("API_RATE", "600/min")},
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Knowledge Studio Migrator",
    "DESCRIPTION": "The same engine that the pages use. Refusals say what happened, what it means "
    "for the data and what to do.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
    "COMPONENT_SPLIT_REQUEST": True,
}

# Who brings this as a bearer token gets /metrics; without it there is no such page.
METRICS_TOKEN = env.text("METRICS_TOKEN")
if METRICS_TOKEN:
    # Where the processes of one web server count together; the library wants it before its import.
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(env.private_folder("metrics", DATA_DIR))
    MIDDLEWARE.insert(0, "migrator.metrics.count_requests")

LOG_LEVEL, LOG_FORMAT = env.text("LOG_LEVEL", "INFO"), env.text("LOG_FORMAT", "plain")
LOGGING = logs.logging(LOG_LEVEL, LOG_FORMAT)
