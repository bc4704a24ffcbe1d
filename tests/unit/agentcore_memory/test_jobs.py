import asyncio

from localcloud.agentcore.jobs import Jobs

WAIT_S = 5.0


async def test_settling_waits_for_what_goes_on_and_for_what_that_starts() -> None:
    done: list[str] = []
    jobs = Jobs(asyncio.create_task)

    async def second() -> None:
        done.append("second")

    async def first() -> None:
        done.append("first")
        jobs.start("b", second())

    jobs.start("a", first())
    async with asyncio.timeout(WAIT_S):
        await asyncio.gather(jobs.settle())  # begins after the job and before it is forgotten
    assert done == ["first", "second"]


async def test_new_work_on_a_resource_ends_the_old() -> None:
    jobs = Jobs(asyncio.create_task)
    gate = asyncio.Event()
    ended: list[str] = []

    async def work(name: str) -> None:
        await gate.wait()
        ended.append(name)

    jobs.start("a", work("old"))
    jobs.start("a", work("new"))
    assert jobs.busy("a")
    gate.set()
    async with asyncio.timeout(WAIT_S):
        await jobs.settle()
    assert ended == ["new"]


async def test_work_that_has_just_ended_keeps_no_other_from_being_started() -> None:
    jobs = Jobs(asyncio.create_task)
    ended: list[str] = []

    async def second() -> None:
        ended.append("second")

    def start_unless_busy() -> None:  # before the end of the first is told to anybody
        if not jobs.busy("a"):
            jobs.start("a", second())

    async def first() -> None:
        ended.append("first")
        asyncio.get_running_loop().call_soon(start_unless_busy)

    jobs.start("a", first())
    async with asyncio.timeout(WAIT_S):
        await asyncio.gather(jobs.settle())
        await jobs.settle()
    assert ended == ["first", "second"]
    assert not jobs.busy("a")
