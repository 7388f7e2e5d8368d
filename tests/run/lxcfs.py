#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""lxcfs.py LIMITED MYMEM_RUN MYMEM_FREE WITNESS DENY: what a program sees of the machine's
memory by lxcfs, and by mymem-run in each mode, with lxcfs below it and without: at one
moment in one group, when its limit changes, and when what shows it is killed.  What
mymem-run shows is tested; what lxcfs shows is told, in tables of Markdown."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time
from typing import Optional

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))
import daemon  # noqa: E402
from tap import Tap  # noqa: E402
from witness import (LIMIT, MIB, NEAR, REFRESHED, TMPFS, Container, Numbers,  # noqa: E402
                     Witness, in_mib)

LOWER = 384 * MIB
MODES = ("preload", "trap", "mount")


def below(place: pathlib.Path) -> list[str]:
    """In a mount namespace where lxcfs shows the files."""
    return ["unshare", "--mount", "sh", "-c",
            'for file in meminfo swaps; do mount --bind "$0/proc/$file" '
            '"/proc/$file" || exit; done; exec "$@"', str(place)]


class Comparison:
    def __init__(self, t: Tap, container: Container, fs: daemon.Lxcfs,
                 programs: list[str]) -> None:
        self.t, self.container, self.fs = t, container, fs
        self.run, self.free, self.witness, self.deny = programs
        self.rows: list[list[str]] = []
        self.witnesses = {"machine": self.start([]),
                          "lxcfs": self.start([below(fs.place)])}
        for mode in MODES:
            self.witnesses[mode] = self.start([self.way(mode)])
        for mode in MODES:
            self.witnesses[f"{mode} below lxcfs"] = self.start(
                [below(fs.place), self.way(mode)])

    def way(self, mode: str) -> list[str]:
        return [self.run, f"--mode={mode}"]

    def start(self, ways: list[list[str]]) -> Witness:
        return Witness(self.container, ways, self.witness)

    def ours(self) -> dict[str, Witness]:
        return {name: witness for name, witness in self.witnesses.items()
                if name.split()[0] in MODES}

    def again(self) -> None:
        for witness in self.witnesses.values():
            witness.again()

    def truth(self) -> Numbers:
        """What the library says, from outside."""
        said = json.loads(subprocess.run(
            [self.free, "--json", "--pid", str(self.container.first)], check=True,
            stdout=subprocess.PIPE).stdout)
        return {"MemTotal": said["limit"] >> 10, "MemAvailable": said["available"] >> 10,
                "SwapTotal": said["swap"]["limit"] >> 10}

    def table(self, *head: str) -> None:
        """Of the rows so far."""
        sides = ["---:" if all(cell.isdigit() for cell in cells) else "---"
                 for cells in zip(*self.rows)]
        self.t.note("", "| " + " | ".join(head) + " |", "|" + "|".join(sides) + "|",
                    *("| " + " | ".join(row) + " |" for row in self.rows))
        self.rows = []

    # What each shows at one moment.

    def values(self) -> None:
        time.sleep(REFRESHED)
        before, said = self.container.stat(), self.truth()
        self.again()
        after = self.container.stat()
        for key, value in said.items():
            if key in after:
                self.t.ok(abs(value - after[key]) <= NEAR, f"the truth: {key}", value,
                          after)
        self.t.ok(after["Shmem"] >= TMPFS, "the truth: tmpfs is charged", after)
        after["SwapTotal"] = said["SwapTotal"]
        lower = self.witnesses["lxcfs"].numbers("opened")["SwapTotal"]
        for name, witness in self.ours().items():
            # Of a machine that is described in two ways the smaller one is believed,
            # and of its swap lxcfs may know nothing.
            wanted = after if name in MODES else after | {
                "SwapTotal": min(after["SwapTotal"], lower)}
            self.held_against(name, witness, before, wanted)
        names = ("machine", "lxcfs", *MODES)
        for key in ("MemTotal", "MemFree", "MemAvailable", "Cached", "Shmem",
                    "SwapTotal"):
            self.rows.append([f"`{key}`", in_mib(after[key])] + [
                in_mib(self.witnesses[name].numbers("opened")[key])
                for name in names])
        for how, name in (("sysinfo(2)", "sysinfo"), ("sysconf(3)", "sysconf")):
            for key in ("MemTotal", "MemFree"):
                self.rows.append([f"{how}, {key}", in_mib(after[key])] + [
                    in_mib(self.witnesses[one].numbers(name)[key]) for one in names])
        self.table("in MiB", "the truth", *names)
        for name in names:
            wrong = self.witnesses[name].disagreements()
            self.rows.append([name, "; ".join(wrong) or "nothing"])
        self.table("", "what does not agree")

    def held_against(self, name: str, witness: Witness, before: Numbers,
                     after: Numbers) -> None:
        for how in ("opened", "kept"):
            shown = witness.numbers(how)
            for key, value in after.items():
                low, high = sorted((before.get(key, value), value))
                bar = 0 if key in ("MemTotal", "SwapTotal") else NEAR
                self.t.ok(low - bar <= shown.get(key, -1) <= high + bar,
                          f"{name}: {how}: {key}", shown.get(key), low, high)
        wrong = witness.disagreements()
        self.t.ok(not wrong, f"{name}: all of it agrees", *wrong, witness.said["opened"])

    # What a new limit does.

    def changes(self) -> None:
        self.container.limit(LOWER)
        self.again()
        for how in ("opened", "kept", "sysinfo", "sysconf"):
            row = []
            for name, witness in self.witnesses.items():
                total = witness.total(how)
                if name in self.ours():
                    self.t.ok(total == str(LOWER // MIB),
                              f"{name}: a new limit: {how}", total)
                if " " not in name:
                    row.append(total)
            self.rows.append([{"opened": "`/proc/meminfo`, opened anew",
                               "kept": "`/proc/meminfo`, kept open"}.get(how, how + {
                                   "sysinfo": "(2)", "sysconf": "(3)"}.get(how, ""))]
                             + row)
        self.table(f"`MemTotal` in MiB when {LOWER // MIB} is the limit",
                   *(name for name in self.witnesses if " " not in name))
        self.container.limit(LIMIT)

    # What a kill does.

    def tell(self, killed: str, sees: str, witness: Witness) -> None:
        self.rows.append([killed, sees, *(witness.total(how) for how in
                                          ("opened", "kept", "sysinfo"))])

    def shows(self, name: str, witness: Witness, *wanted: object) -> None:
        """In MiB, or why not: opened anew, kept open, sysinfo(2)."""
        seen = [witness.total(how) for how in ("opened", "kept", "sysinfo")]
        self.t.ok(seen == [str(one) for one in wanted], name, seen, wanted,
                  *witness.said.values())

    def lxcfs_ends(self) -> None:
        self.fs.kill()
        time.sleep(REFRESHED)
        self.again()
        self.tell("lxcfs", "lxcfs", self.witnesses["lxcfs"])
        for mode in MODES:
            witness = self.witnesses[f"{mode} below lxcfs"]
            self.tell("lxcfs", f"{mode} below it", witness)
            # Before it preloads nothing that fails becomes a success.
            self.shows(f"lxcfs is killed: {mode} below it", witness,
                       "ENOTCONN" if mode == "preload" else LIMIT // MIB, LIMIT // MIB,
                       LIMIT // MIB)
        free = self.witnesses["lxcfs"].beside("free")
        self.t.note(f"free(1) where lxcfs was killed: status {free.returncode}, " +
                    free.stdout.strip())
        self.fs.leave()
        self.fs.start()
        self.again()
        self.tell("lxcfs, and it is started again", "lxcfs", self.witnesses["lxcfs"])
        for mode in ("trap", "mount"):
            self.shows(f"lxcfs is started again: {mode} below the old one",
                       self.witnesses[f"{mode} below lxcfs"], *3 * [LIMIT // MIB])

    def ours_ends(self) -> None:
        without = self.start([[self.deny, "seccomp=EPERM", "--"], self.way("mount")])
        for mode in MODES:
            self.witnesses[mode].kill_server()
        without.kill_server()
        self.container.limit(LOWER)
        self.again()
        without.again()
        for mode in MODES:
            self.tell("`mymem-run`", mode, self.witnesses[mode])
            self.shows(f"mymem-run is killed, and the limit changes: {mode}",
                       self.witnesses[mode], *3 * [LOWER // MIB])
        self.tell("`mymem-run`", "mount, without seccomp(2)", without)
        self.shows("mymem-run is killed: mount without seccomp(2) stays as it was",
                   without, LIMIT // MIB, LIMIT // MIB, in_mib(os.sysconf(
                       "SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") >> 10))
        self.both_end()

    def both_end(self) -> None:
        """Nobody is left who answers a call that is trapped."""
        wanted = {"trap": ("ENOSYS", LOWER // MIB, "ENOSYS"),
                  "mount": (LOWER // MIB, LOWER // MIB, "ENOSYS")}
        for mode in wanted:
            self.witnesses[mode] = self.start([self.way(mode)])
            self.witnesses[mode].kill_server("mymem-keeper")
        self.container.limit(LIMIT)
        for mode, seen in wanted.items():
            self.witnesses[mode].again()
            self.tell("`mymem-run` and its keeper at once", mode, self.witnesses[mode])
            self.shows(f"both are killed, and the limit changes: {mode}",
                       self.witnesses[mode], *seen)

    def ends(self) -> None:
        self.lxcfs_ends()
        self.ours_ends()
        self.table("killed with SIGKILL", "what is seen then",
                   "`/proc/meminfo`, opened anew", "kept open", "sysinfo(2)")


def compare(t: Tap, container: Container, fs: daemon.Lxcfs, programs: list[str]) -> None:
    try:
        comparison = Comparison(t, container, fs, programs)
        comparison.values()
        comparison.changes()
        comparison.ends()
    finally:
        container.end()


def main() -> None:
    limited, *programs = (str(pathlib.Path(path).resolve()) for path in sys.argv[1:])
    why = daemon.missing()
    if why:
        Tap.skip_all(why)
    t = Tap()
    with tempfile.TemporaryDirectory() as work:
        try:
            with daemon.Lxcfs(pathlib.Path(work)) as fs:
                compare(t, Container(limited, pathlib.Path(work)), fs, programs)
        except daemon.DoesNotStart as why_not:
            Tap.skip_all(f"lxcfs does not start: {why_not}")
    t.finish()


if __name__ == "__main__":
    main()
