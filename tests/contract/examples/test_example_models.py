"""Models of others in the examples: Groq's, over HTTP, and what cannot be made."""

from pathlib import Path

from tests.contract.agentcore_gateway.world import access_token
from tests.contract.examples.conftest import Platform
from tests.support.example_agents import Example, running
from tests.support.loopback import serve
from tests.support.openai_api import OpenAiApi


def test_a_model_of_groqs_calls_tools_and_answers(
    example: Example, variables: dict[str, str], platform: Platform, tmp_path: Path
) -> None:
    platform.calls()
    groq = OpenAiApi("lookup_customer", {"customer_id": "ACME-001"}, "It is Jane Miller.")
    with serve(groq.app) as url:
        configured = {
            **variables,
            "AGENT_MODEL": "groq:openai/gpt-oss-20b",
            "GROQ_API_BASE": url,
            "GROQ_API_KEY": "the-key",
        }
        with running(example, tmp_path, configured) as agent:
            reply = agent.said(access_token(role="support"), prompt="Who is ACME-001?")
    assert reply["response"] == "It is Jane Miller."
    assert platform.calls() == [{"customer_id": "ACME-001"}]
    assert groq.keys == ["Bearer the-key"] * 2
    first, second = groq.asked
    assert first["model"] == "openai/gpt-oss-20b"
    assert "Never delete a customer" in str(first["messages"])
    assert "Jane Miller" in str(second["messages"])


def test_bedrock_is_the_default_and_what_cannot_be_made_is_told(example: Example) -> None:
    program = f"""
from {example.name}_support.models import make_model
from support_desk.errors import ModelUnavailable
print(type(make_model({{}})).__name__)
for name in ("groq:openai/gpt-oss-20b", "litellm:mistral/mistral-small", "another:model", "groq"):
    try:
        make_model({{"AGENT_MODEL": name}})
    except ModelUnavailable as error:
        print(error)
"""
    bedrock, *refusals = example.run(program, {"AWS_DEFAULT_REGION": "us-east-1"}).splitlines()
    assert bedrock in {"BedrockModel", "BedrockCompletion"}
    assert refusals == [
        "Groq needs GROQ_API_KEY",
        "litellm needs its package",
        "AGENT_MODEL is 'another:model'",
        "AGENT_MODEL is 'groq'",
    ]
