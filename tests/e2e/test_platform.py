"""The enterprise platform: who may call which tool, with users and policies as deployed."""

import pytest
from botocore.exceptions import ClientError

from tests.support.laptop import Cloud, Stack
from tests.support.platform_users import Users, refusal, said

JANE = {"account_id": "ACME-001", "name": "Jane Miller"}
CASE = {"account_id": "ACME-001", "subject": "No signal", "description": "Since Monday."}
BY_DEFAULT = "No policy applies"


@pytest.fixture(scope="module")
def users(cloud: Cloud, stack: Stack) -> Users:
    return Users(cloud, stack)


def test_a_support_user_looks_up_a_customer_and_opens_a_case(users: Users) -> None:
    support = users.gateway("support")
    found = said(support.call("CRMTools___lookup_customer", email="Jane.Miller@acme.example"))
    assert found["customers"][0].items() >= JANE.items()
    case = said(support.call("CRMTools___create_case", **CASE, priority="High"))
    assert (case["status"], case["priority"]) == ("New", "High")


def test_a_critical_case_is_for_senior_support(users: Users) -> None:
    denied = refusal(
        users.gateway("support"), "CRMTools___create_case", **CASE, priority="Critical"
    )
    assert "high_priority_case_restriction" in denied
    senior = users.gateway("senior")
    assert said(senior.call("CRMTools___create_case", **CASE, priority="Critical"))["case_id"]


def test_sales_sees_opportunities_and_opens_no_case(users: Users) -> None:
    sales = users.gateway("sales")
    found = said(sales.call("CRMTools___get_opportunities", account_id="ACME-001"))
    assert [one["stage"] for one in found["opportunities"]] == ["Negotiation", "Prospecting"]
    assert BY_DEFAULT in refusal(sales, "CRMTools___create_case", **CASE)


def test_an_auditor_reads_and_cannot_write(users: Users) -> None:
    auditor = users.gateway("auditor")
    assert said(auditor.call("CRMTools___lookup_customer", account_id="ACME-001"))["customers"]
    assert said(auditor.call("CommsTools___search_messages", query="nobody said this")) == {
        "messages": []
    }
    for tool, arguments in {
        "CRMTools___create_case": CASE,
        "TicketingTools___create_ticket": {
            "project_key": "OPS",
            "summary": "Disk full",
            "issue_type": "Bug",
        },
        "CommsTools___send_message": {"channel": "#ops", "message": "Hello"},
    }.items():
        assert BY_DEFAULT in refusal(auditor, tool, **arguments)


@pytest.mark.parametrize("username", ["support", "senior", "sales", "manager", "auditor"])
def test_nobody_deletes_a_customer_nor_sees_that_one_could(users: Users, username: str) -> None:
    gateway = users.gateway(username)
    refusal(gateway, "CRMTools___delete_customer", account_id="ACME-001")
    names = gateway.tool_names()
    assert "CRMTools___delete_customer" not in names
    assert "CRMTools___lookup_customer" in names


def test_a_user_without_tenant_and_role_sees_no_tool_and_calls_none(
    users: Users, token: str
) -> None:
    nobody = users.gateway("support")
    nobody = type(nobody)(nobody.url, nobody.cloud, token)
    assert not [name for name in nobody.tool_names() if "___" in name]
    assert BY_DEFAULT in refusal(nobody, "CRMTools___lookup_customer", account_id="ACME-001")


def test_a_manager_works_on_tickets_from_to_do_to_done(users: Users) -> None:
    manager = users.gateway("manager")
    ticket = said(
        manager.call(
            "TicketingTools___create_ticket",
            project_key="OPS",
            summary="Disk full",
            issue_type="Bug",
        )
    )
    ticket_id = ticket["ticket_id"]
    for status in ("In Progress", "In Review", "Done"):
        changed = said(
            manager.call("TicketingTools___update_ticket", ticket_id=ticket_id, status=status)
        )
        assert changed["status"] == status
    skipped = manager.call("TicketingTools___update_ticket", ticket_id=ticket_id, status="To Do")
    assert skipped["isError"]
    assert said(manager.call("TicketingTools___get_ticket", ticket_id=ticket_id))["version"] == 4


@pytest.mark.fidelity("laptop.write-attributes")
def test_nobody_gives_oneself_another_role(users: Users, cloud: Cloud) -> None:
    support = users.gateway("support")
    people = cloud.client("cognito-idp")
    role = [{"Name": "custom:role", "Value": "manager"}]
    with pytest.raises(ClientError, match="unauthorized attribute"):
        people.update_user_attributes(AccessToken=support.token, UserAttributes=role)
    name = [{"Name": "nickname", "Value": "Sue"}]
    people.update_user_attributes(AccessToken=support.token, UserAttributes=name)
    refusal(users.gateway("support"), "CRMTools___create_case", **CASE, priority="Critical")


def test_the_platform_has_its_policies_and_memories(cloud: Cloud, stack: Stack) -> None:
    control = cloud.client("bedrock-agentcore-control")
    engine_id = stack.outputs["PlatformPolicyEngineId"]
    policies = control.list_policies(policyEngineId=engine_id)["policies"]
    assert {one["status"] for one in policies} == {"ACTIVE"}
    assert len(policies) == 6
    for output, kinds in {
        "CustomerMemoryId": {"USER_PREFERENCE", "SEMANTIC", "SUMMARIZATION"},
        "HandoverMemoryId": {"SUMMARIZATION"},
        "IncidentMemoryId": {"SEMANTIC", "EPISODIC"},
    }.items():
        memory = control.get_memory(memoryId=stack.outputs[output])["memory"]
        assert {one["type"] for one in memory["strategies"]} == kinds
