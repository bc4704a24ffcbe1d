"""Why the PetStore refuses.

PetStoreError
├── BadNextToken       the token is not one of ours, or of another listing
├── BadPriceRange      nothing can cost at least this and at most that
├── PetNotFound        no such pet, or no longer
├── VersionMissing     a change must say which version it changes
├── VersionMismatch    the pet has changed since
├── KeyReused          the idempotency key made another pet
└── CreationConflict   another request got in the way; trying again may help
"""


class PetStoreError(Exception):
    """A request that is refused, by the caller's fault. `code` is stable; the message is not."""

    code = "petstore_error"


class BadNextToken(PetStoreError):
    """The token is not one of ours, or belongs to a listing with other filters."""

    code = "bad_next_token"


class BadPriceRange(PetStoreError):
    """The lowest price is above the highest."""

    code = "bad_price_range"


class PetNotFound(PetStoreError):
    """There is no such pet, or no longer."""

    code = "pet_not_found"


class VersionMissing(PetStoreError):
    """A change does not say which version it changes."""

    code = "version_missing"


class VersionMismatch(PetStoreError):
    """The pet has changed since the version the caller knows."""

    code = "version_mismatch"


class KeyReused(PetStoreError):
    """The idempotency key has made a different pet."""

    code = "key_reused"


class CreationConflict(PetStoreError):
    """A request for the same key, or with the same new id, is under way."""

    code = "creation_conflict"
