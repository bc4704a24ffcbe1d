import asyncio
from dataclasses import dataclass, field

import pytest

from assistant.errors import LoginRefused
from assistant.tokens import Grant, RefreshRefused, TokenSource

LIFETIME_S = 3600
MARGIN_S = 60


@dataclass
class Clock:
    now_s: float = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now_s


@dataclass
class Pool:
    """A user pool that numbers its tokens and writes down what it was asked for."""

    clock: Clock
    renewable: bool = True
    refresh_is_good: bool = True
    asked: list[str] = field(default_factory=list)

    def log_in(self) -> Grant:
        return self._grant("log in")

    def renew(self, refresh_token: str) -> Grant:
        if not self.refresh_is_good:
            self.asked.append("refused")
            raise RefreshRefused
        return self._grant("renew")

    def _grant(self, what: str) -> Grant:
        self.asked.append(what)
        refresh = "refresh" if self.renewable else None
        return Grant(f"token-{len(self.asked)}", self.clock() + LIFETIME_S, refresh)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def pool(clock: Clock) -> Pool:
    return Pool(clock)


@pytest.fixture
def tokens(pool: Pool, clock: Clock) -> TokenSource:
    return TokenSource(pool, now_s=clock, margin_s=MARGIN_S)


def test_nothing_is_asked_for_before_the_first_token(tokens: TokenSource, pool: Pool) -> None:
    assert pool.asked == []


def test_a_token_is_kept_until_its_end_is_near(
    tokens: TokenSource, pool: Pool, clock: Clock
) -> None:
    assert tokens.current() == "token-1"
    clock.now_s += LIFETIME_S - MARGIN_S - 1
    assert tokens.current() == "token-1"
    assert pool.asked == ["log in"]


def test_a_token_is_renewed_before_it_expires(
    tokens: TokenSource, pool: Pool, clock: Clock
) -> None:
    tokens.current()
    clock.now_s += LIFETIME_S - MARGIN_S
    assert tokens.current() == "token-2"
    assert pool.asked == ["log in", "renew"]


def test_a_refused_refresh_token_means_a_new_login(
    tokens: TokenSource, pool: Pool, clock: Clock
) -> None:
    tokens.current()
    pool.refresh_is_good = False
    clock.now_s += LIFETIME_S
    assert tokens.current() == "token-3"
    assert pool.asked == ["log in", "refused", "log in"]


def test_without_a_refresh_token_the_credentials_are_used_again(clock: Clock) -> None:
    pool = Pool(clock, renewable=False)
    tokens = TokenSource(pool, now_s=clock)
    tokens.current()
    clock.now_s += LIFETIME_S
    tokens.current()
    assert pool.asked == ["log in", "log in"]


def test_a_refused_token_is_replaced(tokens: TokenSource, pool: Pool) -> None:
    assert tokens.replace(tokens.current()) == "token-2"
    assert tokens.current() == "token-2"
    assert pool.asked == ["log in", "renew"]


def test_a_token_that_has_been_replaced_already_is_not_replaced_again(
    tokens: TokenSource, pool: Pool
) -> None:
    first = tokens.current()
    assert tokens.replace(first) == "token-2"
    assert tokens.replace(first) == "token-2"
    assert pool.asked == ["log in", "renew"]


async def test_many_at_once_cause_one_login_and_one_replacement(
    tokens: TokenSource, pool: Pool
) -> None:
    async with asyncio.timeout(10):
        got = await asyncio.gather(*(tokens.current_async() for _ in range(20)))
        assert set(got) == {"token-1"}
        replaced = await asyncio.gather(*(tokens.replace_async("token-1") for _ in range(20)))
    assert set(replaced) == {"token-2"}
    assert pool.asked == ["log in", "renew"]


def test_a_failed_login_leaves_nothing_behind_and_can_be_tried_again(clock: Clock) -> None:
    class Closed(Pool):
        def log_in(self) -> Grant:
            if not self.asked:
                self.asked.append("closed")
                raise LoginRefused("closed")
            return super().log_in()

    tokens = TokenSource(Closed(clock), now_s=clock)
    with pytest.raises(LoginRefused):
        tokens.current()
    assert tokens.current() == "token-2"


def test_no_token_shows_in_a_representation() -> None:
    assert "secret" not in repr(Grant("secret-access", 1.0, "secret-refresh"))
