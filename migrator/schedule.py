"""What beat has the workers do, and how often (seconds)."""

from typing import Any

SCHEDULE: dict[str, dict[str, Any]] = {
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
    "look-after-notifications": {
        "task": "migrator.look_after_notifications",
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
    # More often than once a day: a server that is switched off at night applies it as well.
    "apply-retention": {
        "task": "migrator.apply_retention",
        "schedule": 3600.0,
        "options": {"expires": 3600.0},
    },
    "check-audit-chain": {
        "task": "migrator.check_audit_chain",
        "schedule": 24 * 3600.0,
        "options": {"expires": 3600.0},
    },
}
