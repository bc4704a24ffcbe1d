from hypothesis import given
from hypothesis import strategies as st

from localcloud.agentcore.control.paging import page

KEYS = st.sets(st.text(alphabet="abcdef0123", min_size=1, max_size=4), max_size=30)


@given(keys=KEYS, size=st.integers(1, 8))
def test_pages_put_together_are_the_whole_list_in_order(keys: set[str], size: int) -> None:
    seen: list[str] = []
    members: dict[str, object] = {"maxResults": size}
    while True:
        items, token = page(sorted(keys), members, scope="things", key=str)
        assert 0 < len(items) <= size or not keys
        seen += items
        if token is None:
            break
        members = {"maxResults": size, "nextToken": token}
    assert seen == sorted(keys)


@given(keys=KEYS.filter(lambda keys: len(keys) > 2), gone=st.data())
def test_what_is_there_throughout_is_seen_once_whatever_else_goes(
    keys: set[str], gone: st.DataObject
) -> None:
    first, token = page(sorted(keys), {"maxResults": 1}, scope="things", key=str)
    left = keys - gone.draw(st.sets(st.sampled_from(sorted(keys))))
    rest, _ = page(sorted(left), {"nextToken": token}, scope="things", key=str)
    assert rest == sorted(left - set(first))
