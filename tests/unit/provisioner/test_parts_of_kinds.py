"""Kinds of resources that have no parts."""

from collections.abc import Callable

import pytest

from provisioner.calls import Calls
from provisioner.errors import Refused
from provisioner.kinds.agentcore import WithoutParts
from provisioner.kinds.credential_providers import CredentialProviders
from provisioner.kinds.memories import Memories
from provisioner.kinds.policies import PolicyEngines

NOTHING = Calls(None)
KINDS = (CredentialProviders(NOTHING, NOTHING), Memories(NOTHING), PolicyEngines(NOTHING))
CHANGES: tuple[Callable[[WithoutParts], object], ...] = (
    lambda kind: kind.create_part("id", {}, "token"),
    lambda kind: kind.update_part("id", "part", {}, "token"),
    lambda kind: kind.delete_part("id", "part"),
)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: str(kind.noun))
def test_a_kind_without_parts_lists_none_and_takes_none(kind: WithoutParts) -> None:
    assert kind.parts("id") == []
    assert kind.part("id", "part") is None
    for change in CHANGES:
        with pytest.raises(Refused, match=f"^{kind.noun}: .* no parts"):
            change(kind)
