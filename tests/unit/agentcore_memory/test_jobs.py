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
