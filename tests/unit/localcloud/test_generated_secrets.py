import json
import string
from typing import Any

import pytest

from localcloud.engine.ministack.resources import generated_secret

WANTED: dict[str, Any] = {
    "SecretStringTemplate": '{"username": "ann"}',
    "GenerateStringKey": "password",
    "PasswordLength": "4",
    "RequireEachIncludedType": True,
}


@pytest.mark.fidelity("laptop.generated-secrets")
def test_a_generated_secret_has_each_type_of_characters_and_its_template() -> None:
    kinds = (string.ascii_lowercase, string.ascii_uppercase, string.digits, string.punctuation)
    for _ in range(200):  # of four characters, one in ten has one of each by chance
        secret = json.loads(generated_secret(WANTED))
        assert secret["username"] == "ann"
        assert all(set(kind) & set(secret["password"]) for kind in kinds)


def test_without_a_template_the_password_is_the_secret() -> None:
    assert len(generated_secret({"PasswordLength": 12})) == 12


@pytest.mark.fidelity("laptop.generated-secrets")
def test_a_password_that_is_too_short_for_its_types_is_refused() -> None:
    with pytest.raises(ValueError, match="too short"):
        generated_secret(WANTED | {"PasswordLength": 3})
