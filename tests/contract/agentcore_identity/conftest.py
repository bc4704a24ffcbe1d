from collections.abc import Iterator

import pytest

from tests.support.identity_plane import API_KEY, RETURN_URL, IdentityLaptop, custom
from tests.support.memory_plane import Client
from tests.support.planes import opened


@pytest.fixture
def laptop() -> Iterator[IdentityLaptop]:
    with opened(IdentityLaptop) as laptop:
        yield laptop


@pytest.fixture
def clients(laptop: IdentityLaptop) -> Iterator[tuple[Client, Client]]:
    with laptop.clients() as both:
        yield both


@pytest.fixture
def control(clients: tuple[Client, Client]) -> Client:
    return clients[0]


@pytest.fixture
def data(clients: tuple[Client, Client]) -> Client:
    return clients[1]


@pytest.fixture
def desk(control: Client) -> str:
    """Make a workload identity and two providers, and return the identity's name."""
    control.create_workload_identity(name="desk", allowedResourceOauth2ReturnUrls=[RETURN_URL])
    control.create_api_key_credential_provider(name="weather", apiKey=API_KEY)
    control.create_oauth2_credential_provider(
        name="crm", credentialProviderVendor="CustomOauth2", oauth2ProviderConfigInput=custom()
    )
    return "desk"


@pytest.fixture
def token(data: Client, desk: str) -> str:
    """Return a workload access token for ann."""
    reply = data.get_workload_access_token_for_user_id(workloadName=desk, userId="ann")
    answer: str = reply["workloadAccessToken"]
    return answer
