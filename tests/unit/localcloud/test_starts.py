from localcloud.engine.starts import PATIENCE_S, SLOWLY_S, Starts


def test_few_start_at_a_time_and_the_next_is_told_when_one_has() -> None:
    starts = Starts(at_once=2, enough=8)
    assert starts.turn("f", existing=0) is None
    assert starts.turn("f", existing=0) is None
    waiting = starts.turn("f", existing=0)
    assert waiting is not None
    assert not waiting.done()
    starts.started("f")
    assert waiting.done()
    assert starts.turn("f", existing=0) is None


def test_one_who_waits_is_told_of_an_idle_environment_too() -> None:
    starts = Starts(at_once=1, enough=8)
    starts.turn("f", existing=0)
    first, second = starts.turn("f", existing=0), starts.turn("f", existing=0)
    assert first is not None
    assert second is not None
    starts.freed("f")
    assert (first.done(), second.done()) == (True, False)


def test_one_may_wait_for_an_idle_environment_without_asking_for_a_turn() -> None:
    starts = Starts(at_once=1, enough=8)
    waiting = starts.idle("f")
    starts.freed("f")
    assert waiting.done()
    assert starts.turn("f", existing=1) is None


def test_who_has_lost_patience_is_passed_over() -> None:
    starts = Starts(at_once=1, enough=8)
    starts.turn("f", existing=0)
    first, second = starts.turn("f", existing=0), starts.turn("f", existing=0)
    assert first is not None
    assert second is not None
    first.cancel()
    starts.freed("f")
    assert second.done()


def test_functions_do_not_wait_for_each_other() -> None:
    starts = Starts(at_once=1, enough=8)
    assert starts.turn("f", existing=0) is None
    assert starts.turn("g", existing=0) is None


def test_where_nothing_comes_free_one_more_starts_at_a_time() -> None:
    now_s = [0.0]
    starts = Starts(at_once=1, enough=8, now_s=lambda: now_s[0])
    assert starts.turn("f", existing=0) is None
    now_s[0] += PATIENCE_S
    assert starts.turn("f", existing=0) is not None
    now_s[0] += 1
    assert starts.turn("f", existing=0) is None
    assert starts.turn("f", existing=0) is not None


def test_who_waits_goes_on_waiting_while_others_come_free() -> None:
    now_s = [0.0]
    starts = Starts(at_once=1, enough=8, now_s=lambda: now_s[0])
    starts.turn("f", existing=0)
    for _ in range(5):
        now_s[0] += PATIENCE_S
        starts.freed("f")
        assert starts.turn("f", existing=0) is not None


def test_once_there_are_enough_they_start_slowly() -> None:
    now_s = [100.0]
    starts = Starts(at_once=1, enough=8, now_s=lambda: now_s[0])
    assert starts.turn("f", existing=8) is None
    starts.started("f")
    assert starts.turn("f", existing=9) is not None
    now_s[0] += SLOWLY_S
    starts.freed("f")
    assert starts.turn("f", existing=9) is None
