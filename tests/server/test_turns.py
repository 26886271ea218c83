"""Whose turn it is."""

import asyncio

import pytest

from latentmapper.server.turns import WAITING, CrowdedError, OutdatedError, Turns


def test_of_each_session_only_the_newest_waits() -> None:
    done: list[str] = []

    async def ask(turns: Turns, session: str, name: str) -> None:
        async with turns.take(session):
            await asyncio.sleep(0.01)
            done.append(name)

    async def all_of_them() -> list[BaseException | None]:
        turns = Turns()
        asked = [("a", "a1"), ("b", "b1"), ("a", "a2"), ("a", "a3"), ("b", "b2")]
        results = await asyncio.gather(*(ask(turns, *each) for each in asked), return_exceptions=True)
        await ask(turns, "a", "a4")
        return results

    results = asyncio.run(all_of_them())
    assert done == ["a1", "a3", "b2", "a4"], "the first is at work before the others come"
    assert [type(each) for each in results] == [
        type(None), OutdatedError, OutdatedError, type(None), type(None),
    ]  # fmt: skip


def test_only_so_many_sessions_wait() -> None:
    async def crowd() -> list[BaseException | None]:
        turns = Turns()

        async def ask(session: int) -> None:
            async with turns.take(str(session)):
                await asyncio.sleep(0.01)

        return await asyncio.gather(*map(ask, range(WAITING + 1)), return_exceptions=True)

    *served, refused = asyncio.run(crowd())
    assert served == [None] * WAITING and isinstance(refused, CrowdedError)


def test_requests_without_a_name_replace_none() -> None:
    async def ask_at_once() -> list[BaseException | None]:
        turns = Turns()

        async def ask() -> None:
            async with turns.take(""):
                await asyncio.sleep(0.01)

        return await asyncio.gather(*(ask() for _ in range(WAITING + 1)), return_exceptions=True)

    *served, refused = asyncio.run(ask_at_once())
    assert served == [None] * WAITING and isinstance(refused, CrowdedError)


def test_what_is_outdated_stays_so_where_the_newer_is_cancelled() -> None:
    async def replace_and_cancel() -> list[BaseException | None]:
        turns = Turns()

        async def ask() -> None:
            async with turns.take("a"):
                await asyncio.sleep(0.01)

        tasks = [asyncio.create_task(ask()) for _ in range(3)]
        await asyncio.sleep(0)
        tasks[2].cancel()
        return await asyncio.gather(*tasks, return_exceptions=True)

    results = asyncio.run(replace_and_cancel())
    assert [type(each) for each in results] == [type(None), OutdatedError, asyncio.CancelledError]


def test_a_turn_that_fails_is_over() -> None:
    async def fail() -> None:
        turns = Turns()
        for _ in range(WAITING + 1):
            with pytest.raises(ZeroDivisionError):
                async with turns.take("a"):
                    raise ZeroDivisionError

    asyncio.run(fail())
