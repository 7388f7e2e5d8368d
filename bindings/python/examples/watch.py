# SPDX-License-Identifier: MIT
"""Waits for pressure, and for limits that change."""
import asyncio

import mymem


def react(event: mymem.Event) -> None:
    if event.kind is mymem.EventKind.LIMIT_CHANGED:
        print(f"the limit is {event.limit} bytes now")
    elif event.kind is mymem.EventKind.PRESSURE:
        print(f"pressure is {event.level}, because of {event.cause}")
        if event.level >= mymem.Pressure.CRITICAL:
            print("refuse new work")
        elif event.level >= mymem.Pressure.MEDIUM:
            print("shrink pools")
        elif event.level >= mymem.Pressure.LOW:
            print("drop caches")


def take(watch: mymem.Watch) -> None:
    for event in watch:
        react(event)


async def main(seconds: float) -> None:
    with mymem.Watch() as watch:
        print(f"listening to {watch.sources}")
        loop = asyncio.get_running_loop()
        loop.add_reader(watch, take, watch)
        await asyncio.sleep(seconds)
        loop.remove_reader(watch)


if __name__ == "__main__":
    asyncio.run(main(60))
