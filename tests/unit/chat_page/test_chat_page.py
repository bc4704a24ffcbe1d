import re
from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from agent_proxy.models import MAX_PROMPT_CHARACTERS
from chat_page.app import lambda_handler
from chat_page.document import FOLDER, assemble
from scripts.event_check.cases import Case, read_all
from tests.support.expectations import differences
from tests.support.template import ROOT

CONTEXT: Any = None  # the page asks nothing of it
CASES = [case for case in read_all(ROOT / "events") if case.function == "ChatPageFunction"]
SOURCES = [FOLDER / name for name in ("asking.js", "chat.js", "chat.css")]


def get(**headers: str) -> dict[str, Any]:
    return lambda_handler({"httpMethod": "GET", "headers": headers}, CONTEXT)


def rules() -> dict[str, str]:
    policy: str = get()["headers"]["Content-Security-Policy"]
    return dict(one.split(" ", 1) for one in policy.split("; "))


def test_the_page_is_one_document() -> None:
    answer = get()

    assert answer["statusCode"] == 200
    assert answer["headers"]["Content-Type"] == "text/html; charset=utf-8"
    assert not re.findall(r'(?:src|href)="(?!data:|#)', answer["body"])
    for source in SOURCES:
        assert source.read_text("utf-8") in answer["body"]


def test_the_policy_names_every_script_and_style_by_its_digest() -> None:
    for tag, rule in (("script", "script-src"), ("style", "style-src")):
        contents = re.findall(rf"<{tag}>(.*?)</{tag}>", get()["body"], re.DOTALL)
        digests = [b64encode(sha256(one.encode()).digest()).decode() for one in contents]
        assert rules()[rule].split() == [f"'sha256-{digest}'" for digest in digests]


def test_the_policy_allows_nothing_that_it_does_not_name() -> None:
    assert rules()["default-src"] == "'none'"
    assert rules()["connect-src"] == "'self'"
    assert "unsafe" not in str(rules())


def test_nothing_in_a_script_would_end_it_early() -> None:
    for source in SOURCES:
        assert not re.search(r"</(script|style)|<!--", source.read_text("utf-8"), re.IGNORECASE)


def test_the_scripts_neither_make_markup_nor_keep_anything() -> None:
    for source in SOURCES:
        code = source.read_text("utf-8")
        assert not re.search(
            r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|Function\("
            r"|localStorage|sessionStorage|indexedDB|document\.cookie|history\.|location\.hash",
            code,
        )


def test_a_browser_that_has_the_page_is_not_sent_it_again() -> None:
    etag = get()["headers"]["ETag"]

    for sent in ({"If-None-Match": etag}, {"if-none-match": f'"other", W/{etag}'}):
        answer = get(**sent)
        assert (answer["statusCode"], answer["body"]) == (304, "")
        assert answer["headers"]["ETag"] == etag
        assert "Content-Security-Policy" in answer["headers"]
    assert get(**{"If-None-Match": '"other"'})["statusCode"] == 200


def test_an_event_without_headers_is_answered() -> None:
    assert lambda_handler({"httpMethod": "GET", "headers": None}, CONTEXT)["statusCode"] == 200


def test_a_changed_page_has_another_tag(tmp_path: Path) -> None:
    for source in FOLDER.iterdir():
        (tmp_path / source.name).write_bytes(source.read_bytes())
    (tmp_path / "chat.css").write_text("body { margin: 0 }", encoding="utf-8")

    assert assemble(tmp_path).etag != assemble(FOLDER).etag


def test_a_question_may_be_as_long_as_the_api_takes_it() -> None:
    assert f' maxlength="{MAX_PROMPT_CHARACTERS}"' in get()["body"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_sample_event_comes_out_as_its_file_says(case: Case) -> None:
    assert differences(case.returns, lambda_handler(case.event, CONTEXT)) == []
