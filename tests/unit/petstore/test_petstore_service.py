"""The service, with pets in memory."""

from dataclasses import replace
from datetime import timedelta

import pytest

from petstore import service
from petstore.errors import (
    BadNextToken,
    BadPriceRange,
    KeyReused,
    PetNotFound,
    VersionMismatch,
    VersionMissing,
)
from petstore.pets import Details, Filters
from tests.support.petstore import BUDDY, NOW, SEEDS, WHISKERS, FakePets, pet

ANY = Filters()


@pytest.fixture
def pets() -> FakePets:
    return FakePets(SEEDS)


def names(page: service.Page) -> list[str]:
    return [one.details.name for one in page.pets]


def test_a_listing_starts_with_the_cheapest(pets: FakePets) -> None:
    page = service.list_pets(ANY, page_size=20, next_token=None, pets=pets)
    assert names(page) == ["Nemo", "Whiskers", "Buddy"]
    assert page.next_token is None


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(type="cat"), ["Whiskers"]),
        (Filters(type="bird"), []),
        (Filters(max_price_cents=9999), ["Nemo", "Whiskers"]),
        (Filters(max_price_cents=9998), ["Nemo"]),
        (Filters(min_price_cents=9999), ["Whiskers", "Buddy"]),
        (Filters(type="dog", min_price_cents=25000), []),
        (Filters(min_price_cents=1999, max_price_cents=1999), ["Nemo"]),
    ],
)
def test_filters_are_inclusive_and_combine(
    pets: FakePets, filters: Filters, expected: list[str]
) -> None:
    page = service.list_pets(filters, page_size=20, next_token=None, pets=pets)
    assert names(page) == expected


def test_the_tokens_of_pages_lead_through_the_whole_listing(pets: FakePets) -> None:
    seen, token = [], None
    while True:
        page = service.list_pets(ANY, page_size=1, next_token=token, pets=pets)
        seen += names(page)
        token = page.next_token
        if token is None:
            break
    assert seen == ["Nemo", "Whiskers", "Buddy"]


def test_a_page_that_ends_with_the_last_pet_has_no_token(pets: FakePets) -> None:
    assert service.list_pets(ANY, page_size=3, next_token=None, pets=pets).next_token is None


def test_pets_of_one_price_are_neither_lost_nor_repeated() -> None:
    pets = FakePets([pet(f"pet-{n}", replace(BUDDY, name=str(n))) for n in range(5)])
    first = service.list_pets(ANY, page_size=3, next_token=None, pets=pets)
    rest = service.list_pets(ANY, page_size=3, next_token=first.next_token, pets=pets)
    assert names(first) + names(rest) == ["0", "1", "2", "3", "4"]


def test_a_token_of_another_listing_is_refused(pets: FakePets) -> None:
    token = service.list_pets(ANY, page_size=1, next_token=None, pets=pets).next_token
    with pytest.raises(BadNextToken):
        service.list_pets(Filters(type="dog"), page_size=1, next_token=token, pets=pets)


def test_a_lowest_price_above_the_highest_is_refused(pets: FakePets) -> None:
    with pytest.raises(BadPriceRange):
        service.list_pets(Filters(None, 2, 1), page_size=1, next_token=None, pets=pets)


def test_a_pet_is_found_by_its_id(pets: FakePets) -> None:
    assert service.get_pet("pet-2", pets=pets).details == WHISKERS


def test_there_is_no_pet_of_an_unknown_id(pets: FakePets) -> None:
    with pytest.raises(PetNotFound):
        service.get_pet("pet-9", pets=pets)


def test_a_new_pet_starts_at_version_1_now(pets: FakePets) -> None:
    made = service.create_pet(BUDDY, key=None, pet_id="pet-new", now=NOW, pets=pets)
    assert (made.version, made.created_at, made.updated_at) == (1, NOW, NOW)
    assert service.get_pet("pet-new", pets=pets) == made


def test_one_key_makes_one_pet_and_answers_with_it_again(pets: FakePets) -> None:
    first = service.create_pet(BUDDY, key="k", pet_id="pet-a", now=NOW, pets=pets)
    again = service.create_pet(BUDDY, key="k", pet_id="pet-b", now=NOW, pets=pets)
    assert again == first
    with pytest.raises(PetNotFound):
        service.get_pet("pet-b", pets=pets)


def test_one_key_does_not_make_two_different_pets(pets: FakePets) -> None:
    service.create_pet(BUDDY, key="k", pet_id="pet-a", now=NOW, pets=pets)
    with pytest.raises(KeyReused):
        service.create_pet(WHISKERS, key="k", pet_id="pet-b", now=NOW, pets=pets)


def test_a_key_is_forgotten_after_a_day(pets: FakePets) -> None:
    service.create_pet(BUDDY, key="k", pet_id="pet-a", now=NOW, pets=pets)
    later = NOW + timedelta(days=1)
    made = service.create_pet(WHISKERS, key="k", pet_id="pet-b", now=later, pets=pets)
    assert made.pet_id == "pet-b"


def test_without_a_key_the_same_pet_is_made_twice(pets: FakePets) -> None:
    service.create_pet(BUDDY, key=None, pet_id="pet-a", now=NOW, pets=pets)
    service.create_pet(BUDDY, key=None, pet_id="pet-b", now=NOW, pets=pets)
    assert service.get_pet("pet-b", pets=pets).details == BUDDY


def test_a_change_makes_the_next_version_and_keeps_the_birthday(pets: FakePets) -> None:
    later = NOW + timedelta(hours=1)
    cheaper = Details("Buddy", "dog", 19999)
    changed = service.update_pet("pet-1", cheaper, version=1, now=later, pets=pets)
    assert changed.details == cheaper
    assert (changed.version, changed.created_at, changed.updated_at) == (2, NOW, later)


def test_a_change_of_an_old_version_is_refused(pets: FakePets) -> None:
    service.update_pet("pet-1", BUDDY, version=1, now=NOW, pets=pets)
    with pytest.raises(VersionMismatch):
        service.update_pet("pet-1", WHISKERS, version=1, now=NOW, pets=pets)


def test_a_change_must_say_which_version_it_changes(pets: FakePets) -> None:
    with pytest.raises(VersionMissing):
        service.update_pet("pet-1", BUDDY, version=None, now=NOW, pets=pets)


def test_deleting_twice_finds_no_pet(pets: FakePets) -> None:
    service.delete_pet("pet-1", version=None, pets=pets)
    with pytest.raises(PetNotFound):
        service.delete_pet("pet-1", version=None, pets=pets)


def test_a_deletion_of_an_old_version_is_refused(pets: FakePets) -> None:
    service.update_pet("pet-1", BUDDY, version=1, now=NOW, pets=pets)
    with pytest.raises(VersionMismatch):
        service.delete_pet("pet-1", version=1, pets=pets)
