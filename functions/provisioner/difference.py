"""Tell whether what is there differs from what is stated.

The service adds defaults of its own to what it returns. So only two kinds of members count: those
stated now, and those stated before and no longer, which a full replace has to take away.
"""

from provisioner.document import JsonObject


def differs(stated: object, current: object, previous: object = None) -> bool:
    """Tell whether an update is needed.

    Args:
        stated: what should be there.
        current: what the service returns.
        previous: what was stated the time before, if that is known.
    """
    if isinstance(stated, dict):
        return not isinstance(current, dict) or _objects_differ(
            stated, current, previous if isinstance(previous, dict) else {}
        )
    if isinstance(stated, list):
        return not isinstance(current, list) or _lists_differ(stated, current)
    return stated != current


def _objects_differ(stated: JsonObject, current: JsonObject, previous: JsonObject) -> bool:
    dropped = previous.keys() - stated.keys()
    return any(current.get(name) for name in dropped) or any(
        differs(value, current.get(name), previous.get(name)) for name, value in stated.items()
    )


def _lists_differ(stated: list[object], current: list[object]) -> bool:
    if len(stated) != len(current):
        return True
    if any(isinstance(item, dict | list) for item in stated):
        return any(differs(mine, theirs) for mine, theirs in zip(stated, current, strict=True))
    # Clients, methods, versions: sets, which a service may return in an order of its own.
    return sorted(map(str, stated)) != sorted(map(str, current))
