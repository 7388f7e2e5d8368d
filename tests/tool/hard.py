#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""hard.py TOOL FIXTURES: each form of mymem-free in hard surroundings: any user, a
root that nobody can write to, no /sys, no /proc, an empty image, and outputs that
are closed, full or gone.  TOOL is static, so that it runs without libraries.

It prints numbers and nothing else, or ends with 1 and says why in one line."""
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from typing import Any, List

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "support"))
from tap import Tap  # noqa: E402

TOOL, FIXTURES = sys.argv[1:]
MACHINE = ["--sysroot", f"{FIXTURES}/v2-limit-on-parent"]
# What each form prints, wherever it is.
FORMS = {
    "": r" +total .*\nMem: +\d+ ", "-h": r" +total .*\nMem: +\d", "--limit": r"\d+\n",
    "--available": r"\d+\n", "--pressure": r"\d+\n", "--workers 1M": r"\d+\n",
    "--line": r"memory \d\S* by ", "--explain": r"limit +\d+ bytes, by ",
    "--oom": r".*Counters begin at 0", "--json": r'\{"schema":1,',
    "--json=lines": r'\{"schema":1,.*\}\n$', "--metrics": r"# HELP mymem_limit_bytes",
    "--meminfo": r"MemTotal: +\d+ kB\n", "--check warn=20%": r"MEMORY [A-Z]+ - \d",
    "--watch -c 1": r"[\d:]{8}Z limit \d", "--help": r"Usage: ",
    "--version": r"mymem-free from libmymem \d"}


def run(form: str, before: List[str], tool: str = TOOL,
        **more: Any) -> "subprocess.CompletedProcess[str]":
    options: Any = dict(stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                        stderr=subprocess.PIPE, universal_newlines=True,
                        timeout=60, check=False)
    options.update(more)
    return subprocess.run([*before, tool, *form.split()], **options)


def prints(t: Tap, where: str, form: str,
           done: "subprocess.CompletedProcess[str]") -> None:
    """A check may find a reason to warn."""
    good = done.returncode == 0 or \
        (form.startswith("--check") and done.returncode in (1, 2))
    t.ok(good and not done.stderr and re.match(FORMS[form], done.stdout, re.S),
         f"{where}: {form}", done.returncode, done.stdout, done.stderr)


def fails(t: Tap, name: str, done: "subprocess.CompletedProcess[str]",
          why: str) -> None:
    t.ok(done.returncode == 1 and
         re.fullmatch(f"mymem-free: .*{why}\n" if why else "", done.stderr),
         name, done.returncode, done.stderr)


def outputs(t: Tap) -> None:
    read, gone = os.pipe()
    os.close(read)
    for form in FORMS:
        # Of a machine that is made of files there are no events, which is said.
        arguments = form if re.match("--(help|version|watch)", form) else \
            " ".join([form, *MACHINE])
        with open("/dev/full", "w") as full:
            fails(t, f"a full disk: {form}", run(
                arguments, [], stdout=full), "No space left on device")
        for how, close, why in (("output", ">&-", "Bad file descriptor"),
                                ("input, output and error", "<&- >&- 2>&-", "")):
            fails(t, f"{how} closed: {form}", run(
                arguments, ["sh", "-c", f'exec "$@" {close}', "sh"]), why)
        done = run(arguments, ["sh", "-c", 'exec "$@" <&- 2>&-', "sh"])
        prints(t, "input and error closed", form, done)
        # Python ignores SIGPIPE, and what it starts does so only if it is told to.
        done = run(arguments, [], stdout=gone)
        t.ok(done.returncode == -signal.SIGPIPE and not done.stderr,
             f"a closed pipe: {form}", done.returncode, done.stderr)
        fails(t, f"a closed pipe, which is ignored: {form}", run(
            arguments, [], stdout=gone, restore_signals=False), "")


def surroundings(t: Tap, here: pathlib.Path) -> None:
    image = here / "image"
    image.mkdir()
    here.chmod(0o755)
    tool = str(shutil.copy(TOOL, image / "mymem-free"))
    hidden = "mount -t tmpfs none {} && "
    within = {
        "a read-only root": "mount -o remount,bind,ro / && ",
        "no /sys": hidden.format("/sys"), "no /proc": hidden.format("/proc"),
        "no /proc and no /sys": hidden.format("/sys") + hidden.format("/proc"),
        "an empty image": f"cd {image} && mount --bind . . && "
                          f"mount -o remount,bind,ro {image} && "}
    for where, mounts in within.items():
        chroot = [] if where != "an empty image" else ["chroot", str(image)]
        before = ["unshare", "-m", "sh", "-c", mounts + 'exec "$@"', "sh", *chroot]
        for form in FORMS:
            prints(t, where, form,
                   run(form, before, "/mymem-free" if chroot else tool))
        if "no" in where.split():
            done = run("--explain", before, tool)
            t.ok("No memory control group was found" in done.stdout or
                 "could not be read" in done.stdout,
                 f"{where}: --explain says it", done.stdout)
        if where == "a read-only root":
            fails(t, f"{where}: a file for metrics", run(
                "--metrics=/mymem.prom", before, tool), "Read-only file system")
    for uid in 65534, 4294967294:
        for form in FORMS:
            prints(t, f"user {uid}", form, run(form, [
                "setpriv", "--reuid", str(uid), "--regid", str(uid),
                "--clear-groups", "--no-new-privs", "--bounding-set=-all"], tool))


def main() -> None:
    t = Tap()
    outputs(t)
    allowed = subprocess.run(["unshare", "-m", "true"], stderr=subprocess.PIPE,
                             universal_newlines=True, check=False)
    if allowed.returncode != 0:
        t.skip("other users and other roots", "needs root: " + allowed.stderr.strip())
        t.finish()
    with tempfile.TemporaryDirectory() as here:
        surroundings(t, pathlib.Path(here))
    t.finish()


main()
