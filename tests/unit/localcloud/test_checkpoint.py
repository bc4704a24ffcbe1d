import asyncio
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

from localcloud.checkpoint import Checkpoint, open_database


class FakeEngine:
    def __init__(self) -> None:
        self.state = {"s3": '{"buckets": 0}'}
        self.is_busy = False
        self.is_changing = False
        self.restored: dict[str, str] = {}
        self.saved = asyncio.Event()
        self.looked = threading.Event()
        """Somebody was told that it is busy."""

    def busy(self) -> bool:
        if self.is_busy:
            self.looked.set()
        return self.is_busy

    def snapshot(self) -> dict[str, str]:
        if self.is_changing:
            raise RuntimeError("dictionary changed size during iteration")
        return dict(self.state)

    def restore(self, states: dict[str, str]) -> None:
        self.restored = states

    def forget_replaced(self) -> None:
        self.saved.set()


def killed_and_restarted(path: Path) -> dict[str, str]:
    """What an engine gets back from a database whose process ended without a word."""
    engine = FakeEngine()
    with closing(open_database(path)) as connection:
        Checkpoint(connection, engine).load()
    return engine.restored


def test_a_saved_cloud_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "cloud.sqlite"
    with closing(open_database(path)) as connection:
        assert Checkpoint(connection, FakeEngine()).save()

    assert killed_and_restarted(path) == {"s3": '{"buckets": 0}'}


def test_what_agentcore_wrote_is_saved_in_the_same_transaction_or_not_at_all(
    tmp_path: Path,
) -> None:
    path = tmp_path / "cloud.sqlite"
    engine = FakeEngine()
    with closing(open_database(path)) as connection:
        connection.execute("CREATE TABLE gateways (name TEXT)")
        Checkpoint(connection, engine).save()
        connection.execute("INSERT INTO gateways VALUES ('half made')")
        engine.is_busy = True
        assert not Checkpoint(connection, engine).save()
        connection.rollback()  # what SQLite does for a process that is killed

    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT count(*) FROM gateways").fetchone() == (0,)


def test_a_state_that_changes_while_it_is_copied_is_not_saved(tmp_path: Path) -> None:
    path = tmp_path / "cloud.sqlite"
    engine = FakeEngine()
    engine.is_changing = True
    with closing(open_database(path)) as connection:
        assert not Checkpoint(connection, engine).save()

    assert killed_and_restarted(path) == {}


async def test_a_change_is_saved_by_itself_once_the_cloud_is_settled(tmp_path: Path) -> None:
    path = tmp_path / "cloud.sqlite"
    engine = FakeEngine()
    engine.is_busy = True
    with closing(open_database(path)) as connection:
        checkpoint = Checkpoint(connection, engine)
        running = asyncio.create_task(checkpoint.run())
        checkpoint.changed()
        await asyncio.sleep(0)
        assert killed_and_restarted(path) == {}
        engine.is_busy = False
        async with asyncio.timeout(5):
            await engine.saved.wait()
        running.cancel()

    assert killed_and_restarted(path) == {"s3": '{"buckets": 0}'}


async def test_saving_goes_on_after_a_disk_that_was_full(tmp_path: Path) -> None:
    class OnceFull(FakeEngine):
        def forget_replaced(self) -> None:
            if not self.restored:
                self.restored = {"met": "a full disk"}
                raise OSError("no space left on device")
            super().forget_replaced()

    engine = OnceFull()
    with closing(open_database(tmp_path / "cloud.sqlite")) as connection:
        checkpoint = Checkpoint(connection, engine)
        running = asyncio.create_task(checkpoint.run())
        checkpoint.changed()
        async with asyncio.timeout(5):
            await engine.saved.wait()
        assert running.cancel()


async def test_the_end_of_a_deploy_is_saved_however_long_the_last_checkpoint_took(
    tmp_path: Path,
) -> None:
    path = tmp_path / "cloud.sqlite"
    engine, times_s = FakeEngine(), iter([0.0, 100.0])
    with closing(open_database(path)) as connection:
        checkpoint = Checkpoint(connection, engine, lambda: next(times_s, 100.0))
        checkpoint.changed()
        running = asyncio.create_task(checkpoint.run())
        async with asyncio.timeout(5):
            await engine.saved.wait()  # for 100 s, and now it rests
            engine.saved.clear()
            engine.is_busy = True
            await asyncio.to_thread(_looked_at, engine)
            engine.state = {"s3": '{"buckets": 1}'}
            engine.is_busy = False
            checkpoint.changed()
            await engine.saved.wait()
        running.cancel()

    assert killed_and_restarted(path) == {"s3": '{"buckets": 1}'}


def _looked_at(engine: FakeEngine) -> None:
    assert engine.looked.wait(5)
