"""The table covers every clause of the design of the six policies, and the design's own cases.

The design's names of policies are ours. We are stricter in two places: a manager has the tools of
the own tenant and reads the other's (there: every tool), and an auditor only reads, of whatever
tenant (there: an auditor of a team may also write).
"""

import pytest

from policy.files import Case, read_cases
from tests.support.template import ROOT

CASES = {one.name: one for one in read_cases(ROOT / "policies" / "cases.yaml")}

DESIGN: dict[tuple[str, str], tuple[str, ...]] = {
    # clause of a policy, or case of the design: the cases of the table that show it
    ("tenant_a_crm_access", "permits lookup_customer"): ("Support looks up a customer",),
    ("tenant_a_crm_access", "permits create_case"): ("Support opens a standard case",),
    ("tenant_a_crm_access", "permits create_ticket"): ("Support opens a ticket",),
    ("tenant_a_crm_access", "permits get_ticket"): ("Support reads a ticket",),
    ("tenant_a_crm_access", "permits update_ticket"): ("Support updates a ticket",),
    ("tenant_a_crm_access", "no other tool"): (
        "Support sees no opportunities",
        "Support sends no messages",
        "Support searches no messages",
    ),
    ("tenant_a_crm_access", "when the tenant is support-team"): (
        "Another tenant reads nothing",
        "Tenants are case-sensitive",
        "Sales opens no ticket",
    ),
    ("tenant_b_sales_access", "permits lookup_customer"): ("Sales looks up a customer",),
    ("tenant_b_sales_access", "permits get_opportunities"): ("Sales sees opportunities",),
    ("tenant_b_sales_access", "permits send_message"): ("Sales sends a message",),
    ("tenant_b_sales_access", "permits search_messages"): ("Sales searches messages",),
    ("tenant_b_sales_access", "no other tool"): (
        "Sales opens no case",
        "Sales opens no ticket",
        "Sales reads no ticket",
        "Sales updates no ticket",
    ),
    ("tenant_b_sales_access", "when the tenant is sales-team"): (
        "A user without claims sends nothing",
        "Support sends no messages",
    ),
    ("manager_full_access", "permits every tool of the tenant"): (
        "The support manager looks up a customer",
        "The support manager opens a critical case",
        "The support manager updates a ticket",
        "The sales manager sends a message",
        "The sales manager sees opportunities",
    ),
    ("manager_full_access", "within the tenant"): (
        "The support manager sends no messages of sales",
        "The sales manager opens no case of support",
        "The sales manager updates no ticket of support",
        "A manager of no tenant reads nothing",
        "A manager of another tenant reads nothing",
    ),
    ("forbid_customer_deletion", "whatever the role"): (
        "An agent deletes no customer",
        "A manager deletes no customer",
        "An auditor deletes no customer",
        "A role of the account deletes no customer",
    ),
    ("high_priority_case_restriction", "when the priority is Critical"): (
        "An agent opens no critical case",
        "Support without a role opens no critical case",
        "Support opens a standard case",
        "Support opens a case without a priority",
    ),
    ("high_priority_case_restriction", "unless senior-support"): (
        "Senior support opens a critical case",
    ),
    ("high_priority_case_restriction", "unless manager"): (
        "The support manager opens a critical case",
    ),
    ("audit_readonly_access", "permits lookup_customer"): ("An auditor looks up a customer",),
    ("audit_readonly_access", "permits get_opportunities"): ("An auditor sees opportunities",),
    ("audit_readonly_access", "permits get_ticket"): ("An auditor reads a ticket",),
    ("audit_readonly_access", "permits search_messages"): ("An auditor searches messages",),
    ("audit_readonly_access", "no other tool"): (
        "An auditor opens no case",
        "An auditor updates no ticket",
        "An auditor sends no messages",
        "An auditor of support opens no ticket",
    ),
    ("case", "Support team can lookup customer: ALLOW"): ("Support looks up a customer",),
    ("case", "Support team can create standard case: ALLOW"): ("Support opens a standard case",),
    ("case", "Non-senior cannot create critical case: DENY"): ("An agent opens no critical case",),
}


@pytest.mark.parametrize("clause", DESIGN, ids=": ".join)
def test_a_clause_of_the_design_has_its_cases(clause: tuple[str, str]) -> None:
    policy, says = clause
    shown = [CASES[name] for name in DESIGN[clause]]
    if says.startswith("permits"):
        assert all(policy in one.by and one.expect == "ALLOW" for one in shown)
        assert policy == "manager_full_access" or tool_of(shown[0]) in {says[8:], "every tool"}
    elif says.startswith("no other"):
        assert all((one.by, one.expect) == ((), "DENY") for one in shown)
    elif policy == "case":
        assert {one.expect for one in shown} == {says.rpartition(": ")[2]}


def tool_of(case: Case) -> str:
    return case.tool.partition("___")[2]


def test_the_design_has_six_policies_and_so_has_the_folder() -> None:
    named = {policy for policy, _ in DESIGN} - {"case"}
    ours = {path.stem for path in (ROOT / "policies").glob("*.cedar")}
    assert len(named) == 6
    assert named <= ours
