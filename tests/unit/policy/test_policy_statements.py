"""Reading policies: exactly one, in Cedar's own words where it is not."""

import pytest

from policy.errors import UnparsableStatement
from policy.statement import check_statement, strip_comments

PERMIT = "permit(principal, action, resource);"
FORBID = "forbid(principal, action, resource);"


@pytest.mark.fidelity("policy.one-statement")
@pytest.mark.parametrize(
    ("text", "message"),
    [
        (f"{PERMIT} {FORBID}", "unexpected token `forbid` at 1:38"),
        (f"{PERMIT}\n  {PERMIT}", "unexpected token `permit` at 2:3"),
        ("permit(principal, action resource);", "unexpected token `resource` at 1:26"),
        ("permit(principal,\n  action,\n  resource) when;", "unexpected token `;` at 3:17"),
        (f"{PERMIT[:-1]} when {{ {{}} == principal. }};", "unexpected token `}` at 1:61"),
        ("permit(principal, action, resource)", "unexpected end of input"),
        ("", "unexpected end of input"),
        ("// nothing but a comment", "unexpected end of input"),
        ("permit(principal == ?principal, action, resource);", "may not have slots"),
        ('permit(principal, action, resource) when { ip2("::1") };', "not a valid function"),
    ],
)
def test_what_is_not_one_policy_is_refused_in_words_of_cedar(text: str, message: str) -> None:
    with pytest.raises(UnparsableStatement, match=r".") as refused:
        check_statement(text)
    assert message in str(refused.value)
    assert refused.value.code == "UnparsableStatement"


@pytest.mark.fidelity("policy.comments")
def test_comments_are_stripped_and_texts_that_look_like_them_are_not() -> None:
    text = f'// why\n{PERMIT[:-1]} // who\nwhen {{ principal.id == "http://a//\\"b" }};'
    parsed = check_statement(text)
    assert parsed.text.startswith("permit")
    assert "why" not in parsed.text and "who" not in parsed.text
    assert '"http://a//\\"b"' in parsed.text


def test_stripping_moves_no_line_and_no_column() -> None:
    assert strip_comments("a // b\n  c") == "a \n  c"
