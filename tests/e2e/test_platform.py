"""The enterprise platform: who may call which tool, with users and policies as deployed."""

import pytest
from botocore.exceptions import ClientError

from tests.support.laptop import Cloud, Stack
from tests.support.platform_users import Users, refusal, said
from tests.support.rpc import Gateway

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


def test_an_sre_finds_out_what_is_wrong_and_what_to_do(users: Users) -> None:
    sre = users.gateway("sre")
    down = said(sre.call("InternalAPIs___ListServices", status="down"))["services"]
    (name,) = [one["name"] for one in down]
    service = said(sre.call("InternalAPIs___GetServiceStatus", name=name))
    assert (service["status"], service["open_incidents"]) == ("down", ["INC-2041"])
    listed = said(sre.call("InternalAPIs___ListIncidents", service=name, status="open"))
    (incident_id,) = [one["incident_id"] for one in listed["incidents"]]
    incident = said(sre.call("InternalAPIs___GetIncident", incident_id=incident_id))
    (runbook_id,) = incident["runbooks"]
    runbook = said(sre.call("InternalAPIs___GetRunbook", runbook_id=runbook_id))
    assert runbook["escalate_to"] == "#network-oncall"


def test_an_sre_and_an_auditor_query_tickets_and_no_other_table(users: Users) -> None:
    sre, auditor = users.gateway("sre"), users.gateway("auditor")
    made = said(
        sre.call(
            "TicketingTools___create_ticket",
            project_key="NET",
            summary="Renew the client certificate",
            issue_type="Task",
        )
    )
    key = {"pk": {"S": f"TICKET#{made['ticket_id']}"}}
    table = tickets_table(sre)
    item = said(sre.call("TicketsTable___GetItem", TableName=table, Key=key))["Item"]
    assert item["summary"] == {"S": "Renew the client certificate"}
    found = said(
        auditor.call(
            "TicketsTable___Scan",
            TableName=table,
            FilterExpression="project_key = :key",
            ExpressionAttributeValues={":key": {"S": "NET"}},
        )
    )
    assert made["ticket_id"] in [one["ticket_id"]["S"] for one in found["Items"]]
    other = sre.call("TicketsTable___Scan", TableName=table.replace("TicketsTable", "CrmTable"))
    assert other["isError"]


def tickets_table(gateway: Gateway) -> str:
    """Return the table's name as an agent learns it: from what the tool says of its argument."""
    listed = gateway.request("tools/list")["result"]["tools"]
    (scan,) = [one for one in listed if one["name"] == "TicketsTable___Scan"]
    said_of_it: str = scan["inputSchema"]["properties"]["TableName"]["description"]
    return said_of_it.partition("Always ")[2].rstrip(".")


@pytest.mark.parametrize("username", ["support", "sales", "auditor", "sre"])
def test_whoever_belongs_to_a_tenant_searches_the_faq(users: Users, username: str) -> None:
    found = said(
        users.gateway(username).call(
            "KnowledgeTools___search_faq", question="How do I activate roaming?", limit=1
        )
    )
    (entry,) = found["entries"]
    assert entry["question"] == "How do I activate roaming?"
    assert "*123#" in entry["answer"]


@pytest.mark.parametrize("username", ["support", "sales", "manager", "auditor"])
def test_the_operations_teams_api_is_not_for_other_teams(users: Users, username: str) -> None:
    gateway = users.gateway(username)
    assert BY_DEFAULT in refusal(gateway, "InternalAPIs___GetServiceStatus", name="billing")
    assert not [name for name in gateway.tool_names() if name.startswith("InternalAPIs___")]


def test_the_operations_teams_api_wants_its_key(cloud: Cloud, stack: Stack) -> None:
    url = f"{stack.outputs['InternalApiUrl']}/services"
    with Gateway.http(cloud) as http:
        for headers in ({}, {"x-api-key": "0" * 40}):
            answer = http.get(url, headers=headers)
            assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


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
    assert len(policies) == 9
    for output, kinds in {
        "CustomerMemoryId": {"USER_PREFERENCE", "SEMANTIC", "SUMMARIZATION"},
        "HandoverMemoryId": {"SUMMARIZATION"},
        "IncidentMemoryId": {"SEMANTIC", "EPISODIC"},
    }.items():
        memory = control.get_memory(memoryId=stack.outputs[output])["memory"]
        assert {one["type"] for one in memory["strategies"]} == kinds
