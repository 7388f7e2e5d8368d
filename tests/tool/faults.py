#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""faults.py FAULT TOOL FIXTURES: each system call of mymem-free fails, in each way:
it ends with a number or with an error, never with a part of one, and never with more
than is true but for a doubt.  TOOL is static, so that no call is the loader's.

A random part of all faults is tried, which SEED=... takes again; EVERY_FAULT=1 tries
all of them."""
import itertools
import json
import os
import pathlib
import random
import re
import subprocess
import sys
import tempfile
from typing import List, Tuple

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "support"))
from tap import Tap  # noqa: E402

FAULT, TOOL, FIXTURES = sys.argv[1:]
ERRORS = ("EMFILE ENFILE EACCES EPERM ENOENT ENODEV EINTR EIO ENOMEM ENOSYS EAGAIN "
          "EOPNOTSUPP EINVAL").split()
MACHINES = ["v2-limit-on-parent", "swap-v1-memsw"]
SAMPLE = 150
# musl has no thread pointer, and ends the program, where its own first call fails.
FIRST = 2
TABLE = re.compile(r" +total .*available\nMem: .*\nSwap: .*\n")
DOUBTS = {"partial", "no-cgroup", "heuristic", "unverified"}


class Run:
    def __init__(self, number: int, error: str, arguments: List[str], here: str):
        report = pathlib.Path(here, "report")
        report.unlink(missing_ok=True)
        command = [FAULT, str(number), error, str(report), "--", TOOL, *arguments]
        try:
            done = subprocess.run(command, stdout=subprocess.PIPE,
                                  stderr=subprocess.PIPE, timeout=30, check=False,
                                  stdin=subprocess.DEVNULL)
            self.status: int = done.returncode
            self.out, self.err = done.stdout.decode(), done.stderr.decode()
        except subprocess.TimeoutExpired:
            self.status, self.out, self.err = -1, "", "has not ended"
        self.calls, self.failed = map(int, report.read_text().split()) \
            if report.exists() else (0, 0)


def is_whole(form: str, run: Run) -> bool:
    if form == "--json":
        try:
            return bool(json.loads(run.out)["schema"] == 1)
        except ValueError:
            return False
    if form == "-k":
        return bool(TABLE.fullmatch(run.out))
    return bool(re.fullmatch(r"\d+\n", run.out))


def is_no_more(run: Run, truth: Run, facts: Tuple[str, ...]) -> bool:
    found, true = json.loads(run.out), json.loads(truth.out)
    doubts = DOUBTS & set(found["flags"]) - set(true["flags"])
    return bool(doubts) or all(
        found[what] is None or found[what] <= true[what]
        for what in facts)


def wrong(form: str, run: Run, truth: Run, error: str, facts: Tuple[str, ...]) -> str:
    if run.status not in (0, 1):
        return "it has not ended well"
    if run.status == 0 and not is_whole(form, run):
        return "it ends well without a whole answer"
    # What is not there is no limit.
    if run.status == 0 and form == "--json" and not error.startswith("ENOENT") and \
            not is_no_more(run, truth, facts):
        return "it promises more than is true"
    # Where even that cannot be written nothing can be said.
    if run.status == 1 and run.failed == 0:
        return "it fails without a reason"
    # stderr has no buffer: where each second write fails only those parts are left.
    if run.status == 1 and run.err and not error.startswith("EINTR") and \
            not run.err.startswith("mymem-free: "):
        return "it says something else"
    return ""


def try_all(t: Tap, form: str, machine: str, here: str) -> None:
    arguments = [form] + (["--sysroot", f"{FIXTURES}/{machine}"] if machine else [])
    title = " ".join([form, machine or "this system"])
    # What is available here changes all the time.
    facts = ("limit", "available") if machine else ("limit",)
    truth = Run(0, "EIO", arguments, here)
    if not t.ok(truth.status == 0 and is_whole(form, truth) and truth.calls > 10,
                f"{title}: the truth", truth.out, truth.err):
        return
    faults: List[Tuple[int, str]] = [
        (number, error + more) for number, error, more in
        itertools.product(range(FIRST, truth.calls + 1), ERRORS, ("", "+"))]
    every = len(faults)
    if not os.environ.get("EVERY_FAULT"):
        faults = random.sample(faults, SAMPLE)
    silent, complaints = 0, []
    for number, error in faults:
        run = Run(number, error, arguments, here)
        silent += run.failed == 0
        complaint = wrong(form, run, truth, error, facts)
        if complaint:
            complaints.append(f"call {number}, {error}: {complaint}: "
                              f"{run.status} {run.out} {run.err}")
    t.note(f"{title}: {truth.calls} calls, {len(faults)} faults of {every}, "
           f"{silent} of which came too late")
    t.ok(not complaints, title, *complaints[:10])
    t.ok(silent < len(faults) / 2, f"{title}: the calls fail")


def main() -> None:
    t = Tap()
    seed = os.environ.get("SEED") or str(random.SystemRandom().randrange(1 << 30))
    random.seed(seed)
    t.note(f"SEED={seed}")
    with tempfile.TemporaryDirectory() as here:
        if Run(0, "EIO", ["--help"], here).status == 125:
            t.skip_all("This kernel lets nobody answer another's system calls.")
        for form in "--json", "-k", "--available":
            for machine in (*MACHINES, ""):
                try_all(t, form, machine, here)
    t.finish()


main()
