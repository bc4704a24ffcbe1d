import pytest

from faq.request import DEFAULT_ACTOR, MAX_PROMPT_CHARACTERS, Question, read
from serving.errors import BadRequest


def new_thread() -> str:
    return "new-thread"


def test_a_prompt_is_enough() -> None:
    read_question = read({"prompt": " How? \n"}, new_thread=new_thread)
    assert read_question == Question("How?", DEFAULT_ACTOR, "new-thread")


def test_null_is_as_good_as_absent() -> None:
    payload = {"prompt": "How?", "actor_id": None, "thread_id": None}
    assert read(payload, new_thread=new_thread) == Question("How?", DEFAULT_ACTOR, "new-thread")


@pytest.mark.parametrize("actor", ["ann", "a1b2c3d4e5/ann", "key/default-user", "a:b/c:d", "A_-"])
def test_an_actor_may_be_scoped(actor: str) -> None:
    assert read({"prompt": "How?", "actor_id": actor}, new_thread=new_thread).actor_id == actor


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (None, "payload: must be a JSON object"),
        (["prompt"], "payload: must be a JSON object"),
        ("How?", "payload: must be a JSON object"),
        ({}, "prompt: Field required"),
        ({"prompt": None}, "prompt: "),
        ({"prompt": 7}, "prompt: "),
        ({"prompt": ""}, "prompt: "),
        ({"prompt": " \n\t"}, "prompt: "),
        ({"prompt": "a" * (MAX_PROMPT_CHARACTERS + 1)}, "prompt: .* at most 10000 characters"),
        ({"prompt": "a" * 100_000}, "prompt: .* at most 10000 characters"),
        ({"prompt": "\ud800"}, "prompt: "),
        ({"prompt": "How?", "actor_id": ""}, "actor_id: "),
        ({"prompt": "How?", "actor_id": "a" * 256}, "actor_id: "),
        ({"prompt": "How?", "actor_id": "/ann"}, "actor_id: "),
        ({"prompt": "How?", "actor_id": "ann\n"}, "actor_id: "),
        ({"prompt": "How?", "actor_id": "ann:"}, "actor_id: "),
        ({"prompt": "How?", "thread_id": "a/b"}, "thread_id: "),
        ({"prompt": "How?", "thread_id": "a" * 101}, "thread_id: "),
        ({"prompt": "How?", "thread_id": 5}, "thread_id: "),
        ({"prompt": "How?", "promt": "?"}, "promt: Extra inputs"),
        ({"prompt": "How?", "<script>": "?"}, "payload: Extra inputs"),
        ({"prompt": "How?", "x" * 41: "?"}, "payload: Extra inputs"),
    ],
)
def test_what_is_wrong_is_named_by_its_field(payload: object, reason: str) -> None:
    with pytest.raises(BadRequest, match=f"^{reason}") as refused:
        read(payload, new_thread=new_thread)
    assert len(str(refused.value)) < 200
    assert refused.value.__cause__ is None
