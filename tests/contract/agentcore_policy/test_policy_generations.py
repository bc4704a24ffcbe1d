"""Policies from plain language, end to end: a text, its assets, a policy that decides."""

from datetime import timedelta
from typing import Any

import pytest

from tests.support.control_plane import never
from tests.support.policy_plane import GATEWAYS, Client, Desk, PolicyLaptop

TEXT = (
    "Users with role support may look up customers. Nobody may call delete_customer.\n"
    "Be kind to everyone."
)
CUSTOMER = {"customer_id": "c-1"}


def start(desk: Desk, control: Client, text: str = TEXT) -> dict[str, Any]:
    """Start a generation, wait, and return how it went."""
    made = control.start_policy_generation(
        policyEngineId=desk.engine_id,
        name="FromText",
        resource={"arn": desk.arn},
        content={"rawText": text},
    )
    assert made["status"] == "GENERATING"
    desk.laptop.settle()
    shown: dict[str, Any] = control.get_policy_generation(**named(made))
    return shown


def named(generation: dict[str, Any]) -> dict[str, str]:
    return {name: generation[name] for name in ("policyEngineId", "policyGenerationId")}


def assets(control: Client, generation: dict[str, Any]) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = control.list_policy_generation_assets(**named(generation))[
        "policyGenerationAssets"
    ]
    return listed


@pytest.mark.fidelity("agentcore-policy.generation")
def test_each_sentence_becomes_an_asset_or_says_why_not(desk: Desk, control: Client) -> None:
    generation = start(desk, control)
    assert generation["status"] == "GENERATED"
    control.get_waiter("policy_generation_completed").wait(**named(generation))
    first, second, third = assets(control, generation)
    assert first["rawTextFragment"] == "Users with role support may look up customers"
    assert (
        'AgentCore::Action::"Support___lookup_customer"'
        in first["definition"]["cedar"]["statement"]
    )
    assert second["definition"]["cedar"]["statement"].startswith("forbid(")
    assert "definition" not in third
    assert [finding["type"] for finding in third["findings"]] == ["NOT_TRANSLATABLE"]
    assert generation["findings"] == "2 statements, 1 not translatable"


@pytest.mark.fidelity("agentcore-policy.generation")
def test_an_asset_becomes_a_policy_that_decides(desk: Desk, control: Client) -> None:
    generation = start(desk, control)
    asset = assets(control, generation)[0]
    control.create_policy(
        policyEngineId=desk.engine_id,
        name="Generated",
        validationMode="IGNORE_ALL_FINDINGS",
        definition={
            "policyGeneration": {
                "policyGenerationId": generation["policyGenerationId"],
                "policyGenerationAssetId": asset["policyGenerationAssetId"],
            }
        },
    )
    desk.laptop.settle()
    assert desk.allows("lookup_customer", CUSTOMER, role="support")
    assert not desk.allows("lookup_customer", CUSTOMER, role="sales")


@pytest.mark.fidelity("agentcore-policy.generation")
def test_an_asset_without_a_statement_makes_no_policy(desk: Desk, control: Client) -> None:
    generation = start(desk, control)
    for asset_id, refusal in (
        (assets(control, generation)[2]["policyGenerationAssetId"], "ValidationException"),
        ("FromText-9999999999", "ResourceNotFoundException"),
    ):
        with pytest.raises(getattr(control.exceptions, refusal)):
            control.create_policy(
                policyEngineId=desk.engine_id,
                name="Generated",
                definition={
                    "policyGeneration": {
                        "policyGenerationId": generation["policyGenerationId"],
                        "policyGenerationAssetId": asset_id,
                    }
                },
            )


@pytest.mark.fidelity("agentcore-policy.generation-expiry")
def test_assets_are_gone_after_a_week(desk: Desk, control: Client) -> None:
    generation = start(desk, control)
    desk.laptop.clock.pass_by(timedelta(days=7, seconds=-1))
    assert len(assets(control, generation)) == 3
    desk.laptop.clock.pass_by(timedelta(seconds=1))
    assert assets(control, generation) == []


@pytest.mark.fidelity("agentcore-policy.generation")
def test_generations_and_their_assets_come_in_pages(desk: Desk, control: Client) -> None:
    first = start(desk, control, "Nobody may call refund. " * 12)
    start(desk, control)
    page = control.list_policy_generations(policyEngineId=desk.engine_id, maxResults=1)
    rest = control.list_policy_generation_summaries(
        policyEngineId=desk.engine_id, nextToken=page["nextToken"]
    )
    assert len(page["policyGenerations"]) == len(rest["policyGenerations"]) == 1
    ten = control.list_policy_generation_assets(**named(first))
    two = control.list_policy_generation_assets(**named(first), nextToken=ten["nextToken"])
    both = [*ten["policyGenerationAssets"], *two["policyGenerationAssets"]]
    assert (len(ten["policyGenerationAssets"]), len(both)) == (10, 12)
    assert len({asset["policyGenerationAssetId"] for asset in both}) == 12


def test_a_gateway_that_is_not_there_is_not_found(desk: Desk, control: Client) -> None:
    with pytest.raises(control.exceptions.ResourceNotFoundException):
        control.start_policy_generation(
            policyEngineId=desk.engine_id,
            name="FromText",
            resource={"arn": f"{GATEWAYS}/missing-0000000009"},
            content={"rawText": TEXT},
        )


@pytest.mark.fidelity("agentcore-policy.resumes")
def test_another_process_finishes_what_was_begun(laptop: PolicyLaptop) -> None:
    with laptop.client() as control:
        desk = Desk(laptop, control)
    dying = laptop.restarted(never)
    with dying.client() as control:
        control.start_policy_generation(
            policyEngineId=desk.engine_id,
            name="FromText",
            resource={"arn": desk.arn},
            content={"rawText": TEXT},
        )
    again = laptop.restarted()
    again.resume()
    with again.client() as control:
        (generation,) = control.list_policy_generations(policyEngineId=desk.engine_id)[
            "policyGenerations"
        ]
        assert generation["status"] == "GENERATED"
        assert len(assets(control, generation)) == 3
