from faq import failures
from faq.entry import Entry, Hit
from faq.errors import FaqError, IndexUnreadable
from faq.outcomes import FAILURES, INTERNAL, failure_of, reply
from faq.service import Answer
from serving.errors import BadRequest
from tests.support.faq import ROAMING, ask


def test_every_failure_of_a_request_has_a_status() -> None:
    own = {one for one in vars(failures).values() if isinstance(one, type)} - {FaqError}
    assert own <= set(FAILURES)


def test_codes_are_each_used_once() -> None:
    codes = [failure_of(kind("")).code for kind in FAILURES] + [BadRequest.code, INTERNAL.code]
    assert len(codes) == len(set(codes))


def test_what_was_not_expected_says_nothing_of_itself() -> None:
    for error in (RuntimeError("password"), IndexUnreadable("/var/task/faq")):
        assert failure_of(error) == INTERNAL


def test_a_models_own_words_are_for_the_operator() -> None:
    for kind in FAILURES:
        assert "secret" not in failure_of(kind("secret thing")).message


def test_a_reply_is_what_was_asked_for_and_its_sources() -> None:
    answer = Answer("Dial.", (Hit(ROAMING, 0.123456), Hit(Entry("q", "a"), 0.1)))
    assert reply(ask("How?", actor="k/ann", thread="t"), answer) == {
        "result": "Dial.",
        "actor_id": "k/ann",
        "thread_id": "t",
        "sources": [
            {"question": ROAMING.question, "score": 0.1235},
            {"question": "q", "score": 0.1},
        ],
    }
