"""Django settings: all that differs between machines comes through `migrator.env`."""

from pathlib import Path
from typing import Any

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

from migrator import env

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

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "rest_framework",
    "rest_framework.authtoken",
    "migrator",
    "dashboard",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "dashboard.security.content_security_policy",
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
# the archives, so that a finished file is moved by a rename.
WORK_DIR = DATA_DIR / "work"
STORAGES: dict[str, Any] = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": DATA_DIR / "archives"},
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"},
}
FILE_UPLOAD_TEMP_DIR = WORK_DIR / "uploads"
FILE_UPLOAD_TEMP_DIR.mkdir(parents=True, exist_ok=True, mode=0o700)
# Every upload goes to disk: an upload never costs memory by its size.
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000

# Calls a second to one instance, and steps that work on one instance at once, over all workers.
INSTANCE_CALLS_PER_SECOND = env.number("INSTANCE_CALLS_PER_SECOND", 10)
INSTANCE_STEPS = env.number("INSTANCE_STEPS", 4)
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
CELERY_BEAT_SCHEDULE = {
    # Each expires when the next is due: with no worker listening they would pile up.
    "put-back-silent-steps": {
        "task": "migrator.put_back_silent_steps",
        "schedule": 15.0,
        "options": {"expires": 15.0},
    },
    "send-pending-steps": {
        "task": "migrator.send_pending_steps",
        "schedule": 15.0,
        "options": {"expires": 15.0},
    },
    "look-after-models": {
        "task": "migrator.look_after_models",
        "schedule": 60.0,
        "options": {"expires": 60.0},
    },
    "remove-leftovers": {
        "task": "migrator.remove_leftovers",
        "schedule": 600.0,
        "options": {"expires": 600.0},
    },
    "extend-audit-chain": {
        "task": "migrator.extend_audit_chain",
        "schedule": 60.0,
        "options": {"expires": 60.0},
    },
    "check-audit-chain": {
        "task": "migrator.check_audit_chain",
        "schedule": 24 * 3600.0,
        "options": {"expires": 3600.0},
    },
}

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
SECURE_COOKIES = env.flag("SECURE_COOKIES")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_COOKIES
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "rest_framework.authentication.SessionAuthentication",
        "rest_framework.authentication.TokenAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PAGINATION_CLASS": "rest_framework.pagination.LimitOffsetPagination",
    "PAGE_SIZE": 50,
    "EXCEPTION_HANDLER": "migrator.api.errors.answer",
}

LOG_LEVEL = env.text("LOG_LEVEL", "INFO")
if LOG_LEVEL not in {"DEBUG", "INFO", "WARNING", "ERROR"}:
    raise ImproperlyConfigured(f"LOG_LEVEL must be DEBUG, INFO, WARNING or ERROR, not {LOG_LEVEL}.")
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {
        # /healthz says itself what failed, and is asked every few seconds.
        "not_health": {
            "()": "django.utils.log.CallbackFilter",
            "callback": lambda record: (
                getattr(record, "args", ()) != ("Service Unavailable", "/healthz")
            ),
        }
    },
    "formatters": {"plain": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "plain",
            "filters": ["not_health"],
        }
    },
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    "loggers": {
        # It notes each of beat's tasks, several a minute; what steps do they log themselves.
        "celery": {"level": "WARNING" if LOG_LEVEL == "INFO" else LOG_LEVEL},
    },
}
