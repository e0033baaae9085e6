"""What is logged, and in which form."""

from typing import Any

from django.core.exceptions import ImproperlyConfigured


def logging(level: str, form: str) -> dict[str, Any]:
    """The setting LOGGING: from `level` on, as lines of text (`plain`) or JSON (`json`)."""
    if level not in {"DEBUG", "INFO", "WARNING", "ERROR"}:
        raise ImproperlyConfigured(f"LOG_LEVEL must be DEBUG, INFO, WARNING or ERROR, not {level}.")
    if form not in {"plain", "json"}:
        raise ImproperlyConfigured(f"LOG_FORMAT must be plain or json, not {form}.")
    return {
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
        "formatters": {
            "plain": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"},
            # One object a line: at, level, logger, message, and exc_info where something broke.
            "json": {
                "()": "pythonjsonlogger.json.JsonFormatter",
                "format": "{levelname}{name}{message}{process}",
                "style": "{",
                "rename_fields": {"levelname": "level", "name": "logger", "timestamp": "at"},
                "timestamp": True,
            },
        },
        "handlers": {
            "console": {
                "class": "logging.StreamHandler",
                "formatter": form,
                "filters": ["not_health"],
            }
        },
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            # It notes each of beat's tasks, several a minute; what steps do they log themselves.
            "axes": {"level": "WARNING"},
            # gunicorn gives its own a handler; they look like all others.
            "gunicorn.error": {"handlers": ["console"], "propagate": False},
            # At DEBUG they write down signed requests.
            "boto3": {"level": "WARNING"},
            "botocore": {"level": "WARNING"},
            "s3transfer": {"level": "WARNING"},
            "celery": {"level": "WARNING" if level == "INFO" else level},
        },
    }
