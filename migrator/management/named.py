"""Finding what a command names."""

from migrator.errors import ServiceError
from migrator.models import Instance


def instance_named(name: str) -> Instance:
    """The instance of that name; ServiceError with the names there are."""
    found = Instance.objects.filter(name=name).first()
    if found is not None:
        return found
    names = ", ".join(Instance.objects.values_list("name", flat=True)) or "none yet"
    raise ServiceError(
        f"There is no instance named {name}.",
        meaning="Nothing was done.",
        remedy=f"Choose one of these: {names}.",
    )
