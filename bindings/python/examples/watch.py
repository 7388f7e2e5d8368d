# SPDX-License-Identifier: MIT
"""Waits for pressure, and for limits that change, until it is interrupted.

    python3 watch.py [SECONDS]
"""
import asyncio
import signal
import sys
from typing import Optional

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
    if sys.stdout:
        sys.stdout.flush()


async def main(seconds: Optional[float]) -> None:
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    with mymem.Watch() as watch:
        print(f"listening to {watch.sources}", flush=True)
        loop.add_reader(watch, take, watch)
        try:
            await asyncio.wait_for(stop.wait(), seconds)
        except asyncio.TimeoutError:
            pass
        loop.remove_reader(watch)


if __name__ == "__main__":
    # The reader of the output may stop early, as head(1) does.
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    try:
        asyncio.run(main(float(sys.argv[1]) if len(sys.argv) > 1 else None))
    except OSError as error:
        sys.exit(f"watch: {error}")
    except KeyboardInterrupt:
        pass  # before or after the loop has taken care of it
