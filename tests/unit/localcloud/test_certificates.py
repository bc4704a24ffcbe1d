import asyncio
import ssl
from datetime import UTC, datetime
from pathlib import Path

import pytest

from localcloud.certificates import Authority

NOW = datetime.now(UTC)


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    made = Authority(tmp_path)
    made.ensure(now=NOW, system_bundle=None)
    return made


@pytest.mark.parametrize(
    "host",
    [
        "sts.us-east-1.amazonaws.com",
        "a-name-of-some-length-0123456789.gateway.bedrock-agentcore.us-east-1.amazonaws.com",
        "127.0.0.1",
    ],
)
async def test_a_client_that_trusts_the_authority_trusts_every_host(
    authority: Authority, host: str
) -> None:
    async def greet(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"hello")
        await writer.drain()
        writer.close()

    server_context = authority.context_for(host, now=NOW)
    client_context = ssl.create_default_context(cafile=str(authority.certificate_file))
    async with asyncio.timeout(5):
        server = await asyncio.start_server(greet, "127.0.0.1", 0, ssl=server_context)
        async with server:
            port = server.sockets[0].getsockname()[1]
            reader, writer = await asyncio.open_connection(
                "127.0.0.1", port, ssl=client_context, server_hostname=host
            )
            assert await reader.read() == b"hello"
            writer.close()
            await writer.wait_closed()


def test_the_authority_stays_the_same_when_asked_for_again(
    authority: Authority, tmp_path: Path
) -> None:
    before = authority.certificate_file.read_bytes()
    Authority(tmp_path).ensure(now=NOW, system_bundle=None)

    assert authority.certificate_file.read_bytes() == before


def test_private_keys_are_for_their_owner_alone(authority: Authority) -> None:
    _, leaf_key = authority.leaf_files("127.0.0.1", now=NOW)

    assert authority.key_file.stat().st_mode & 0o077 == 0
    assert leaf_key.stat().st_mode & 0o077 == 0


def test_the_bundle_has_the_system_and_the_authority(tmp_path: Path) -> None:
    system = tmp_path / "system.pem"
    system.write_text("# the system's authorities\n", encoding="utf-8")
    authority = Authority(tmp_path / "tls")
    authority.ensure(now=NOW, system_bundle=system)

    bundle = (tmp_path / "tls" / "ca-bundle.pem").read_text(encoding="utf-8")
    assert "# the system's authorities" in bundle
    assert authority.certificate_file.read_text(encoding="utf-8") in bundle


@pytest.mark.parametrize("host", ["ca", "ca-bundle", "a" * 255])
def test_no_name_a_client_asks_for_touches_the_authority_itself(
    authority: Authority, tmp_path: Path, host: str
) -> None:
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    authority.context_for(host, now=NOW)

    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
