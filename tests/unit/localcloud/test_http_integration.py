from collections.abc import AsyncIterator

import pytest

from localcloud.engine.http_integration import MAX_METADATA_BYTES, BadMetadata, read_metadata

METADATA = b'{"statusCode": 207, "headers": {"content-type": "text/x"}, "cookies": ["a=1", "b=2"]}'


async def sent(*chunks: bytes) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk


@pytest.mark.fidelity("door.stream-metadata")
@pytest.mark.parametrize("at", [1, 40, len(METADATA), len(METADATA) + 3, len(METADATA) + 8])
async def test_metadata_ends_at_eight_nul_bytes_wherever_chunks_end(at: int) -> None:
    whole = METADATA + bytes(8) + b"body\0"
    begun = await read_metadata(sent(whole[:at], whole[at:]))
    assert begun.status == 207
    assert begun.headers == {"content-type": "text/x", "Set-Cookie": ["a=1", "b=2"]}
    assert b"body\0".startswith(begun.body)


async def test_a_body_is_json_unless_the_function_says_what_it_is() -> None:
    begun = await read_metadata(sent(b"{}" + bytes(8)))
    assert (begun.status, begun.headers) == (200, {"Content-Type": "application/json"})


@pytest.mark.parametrize(
    "chunks",
    [
        (),
        (b'{"statusCode": 200}',),
        (b"[]" + bytes(8),),
        (b"no JSON" + bytes(8),),
        (b'{"statusCode": "x"}' + bytes(8),),
        (b" " * MAX_METADATA_BYTES, b"x", bytes(8)),
    ],
)
async def test_an_answer_that_does_not_begin_so_is_none(chunks: tuple[bytes, ...]) -> None:
    with pytest.raises(BadMetadata):
        await read_metadata(sent(*chunks))


@pytest.mark.parametrize(
    "metadata",
    [
        b'{"statusCode": 99}',
        b'{"statusCode": 1000}',
        b'{"headers": {"x": {"y": 1}}}',
        b'{"headers": {"x": "a\\r\\nset-cookie: b"}}',
        b'{"headers": ' + b"[" * 30_000 + b"]" * 30_000 + b"}",
    ],
)
async def test_metadata_that_no_http_answer_can_have_is_none(metadata: bytes) -> None:
    with pytest.raises(BadMetadata):
        await read_metadata(sent(metadata + bytes(8)))


async def test_numbers_and_booleans_are_headers_too() -> None:
    begun = await read_metadata(sent(b'{"headers": {"x": 1, "y": true}}' + bytes(8)))
    assert (begun.headers["x"], begun.headers["y"]) == ("1", "true")
