"""A store keeps pets alike, in DynamoDB (moto) and in memory."""

from dataclasses import replace
from datetime import timedelta

import boto3
import pytest

from petstore import service
from petstore.errors import CreationConflict, PetNotFound, VersionMismatch
from petstore.pets import Creation, Filters, Position
from petstore.store import PetTable
from tests.support.petstore import BUDDY, NEMO, NOW, SEEDS, WHISKERS, FakePets, pet


@pytest.fixture(params=["memory", "dynamodb"])
def pets(request: pytest.FixtureRequest) -> service.Pets:
    if request.param == "memory":
        return FakePets(SEEDS)
    table: PetTable = request.getfixturevalue("table")
    return table


def ids(pets: service.Pets, filters: Filters, after: Position | None = None) -> list[str]:
    return [one.pet_id for one in pets.page(filters, limit=10, after=after)]


def test_a_pet_comes_back_as_it_was_put(pets: service.Pets) -> None:
    assert pets.get("pet-1") == pet("pet-1", BUDDY)
    assert pets.get("pet-9") is None


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(), ["pet-3", "pet-2", "pet-1"]),
        (Filters(type="dog"), ["pet-1"]),
        (Filters(min_price_cents=9999), ["pet-2", "pet-1"]),
        (Filters(max_price_cents=9999), ["pet-3", "pet-2"]),
        (Filters(min_price_cents=2000, max_price_cents=20000), ["pet-2"]),
        (Filters(type="fish", max_price_cents=1998), []),
    ],
)
def test_a_listing_is_by_price(pets: service.Pets, filters: Filters, expected: list[str]) -> None:
    assert ids(pets, filters) == expected


def test_a_listing_goes_on_after_a_position(pets: service.Pets) -> None:
    assert ids(pets, Filters(), Position(1999, "pet-3")) == ["pet-2", "pet-1"]
    assert ids(pets, Filters(type="cat"), Position(9999, "pet-2")) == []


def test_an_id_is_taken_once(pets: service.Pets) -> None:
    with pytest.raises(CreationConflict):
        pets.add(pet("pet-1", NEMO))
    assert pets.get("pet-1") == pet("pet-1", BUDDY)


@pytest.mark.fidelity("petstore.cancellation-reasons")
def test_a_key_is_kept_with_its_pet_and_appears_in_no_listing(pets: service.Pets) -> None:
    made = pet("pet-new", NEMO)
    creation = Creation("k", "print", made, NOW + timedelta(days=1))
    assert pets.add_once(creation) is None
    assert pets.add_once(replace(creation, pet=pet("pet-other", NEMO))) == creation
    assert ids(pets, Filters(type="fish")) == ["pet-3", "pet-new"]


def test_a_key_for_a_taken_id_keeps_neither(pets: service.Pets) -> None:
    creation = Creation("k", "print", pet("pet-1", NEMO), NOW + timedelta(days=1))
    with pytest.raises(CreationConflict):
        pets.add_once(creation)
    fresh = replace(creation, pet=pet("pet-new", NEMO))
    assert pets.add_once(fresh) is None


@pytest.mark.fidelity("petstore.ttl-lag")
def test_an_expired_key_is_free_though_it_is_still_there(pets: service.Pets) -> None:
    pets.add_once(Creation("k", "print", pet("pet-a", NEMO), NOW + timedelta(days=1)))
    later = NOW + timedelta(days=1)
    made = replace(pet("pet-b", WHISKERS), created_at=later, updated_at=later)
    assert pets.add_once(Creation("k", "other", made, later + timedelta(days=1))) is None


def test_a_change_is_seen_in_listings_by_its_new_type_and_price(pets: service.Pets) -> None:
    later = NOW + timedelta(hours=1)
    changed = pets.replace("pet-1", NEMO, version=1, now=later)
    assert changed == replace(pet("pet-1", NEMO, version=2), updated_at=later)
    assert pets.get("pet-1") == changed
    assert ids(pets, Filters(type="fish")) == ["pet-1", "pet-3"]


@pytest.mark.fidelity("petstore.failed-condition-returns-item")
def test_a_change_of_another_version_or_of_no_pet_is_refused(pets: service.Pets) -> None:
    with pytest.raises(VersionMismatch):
        pets.replace("pet-1", NEMO, version=2, now=NOW)
    with pytest.raises(PetNotFound):
        pets.replace("pet-9", NEMO, version=1, now=NOW)


def test_a_removal_of_another_version_or_of_no_pet_is_refused(pets: service.Pets) -> None:
    with pytest.raises(VersionMismatch):
        pets.remove("pet-1", version=2)
    with pytest.raises(PetNotFound):
        pets.remove("pet-9", version=None)
    with pytest.raises(PetNotFound):
        pets.remove("pet-9", version=1)


def test_a_pet_is_removed_in_the_version_given_or_in_any(pets: service.Pets) -> None:
    pets.remove("pet-1", version=1)
    pets.remove("pet-2", version=None)
    assert ids(pets, Filters()) == ["pet-3"]


def test_only_queries_read_more_than_one_item(table: PetTable) -> None:
    """The function's policy has no Scan: a listing must do without."""
    called: list[str] = []
    client = boto3.client("dynamodb")
    client.meta.events.register(
        "before-call.dynamodb", lambda model, **_: called.append(model.name)
    )
    watched = PetTable(client, "pets")
    for filters in (Filters(), Filters(type="dog"), Filters(max_price_cents=1)):
        watched.page(filters, limit=1, after=None)
    assert set(called) == {"Query"}
