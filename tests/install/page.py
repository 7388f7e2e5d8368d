#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""page.py ROOT PLACE: each block of docs/install.md, and of the section "Install"
of README.md, is run as it stands there.  PLACE is a release of Debian, a new tree
of which is made, or "image" for what Docker builds."""
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import time
from typing import Sequence, Union

ROOT = pathlib.Path(sys.argv[1]).resolve()
PLACE = sys.argv[2]
sys.path.insert(0, str(ROOT / "tests/support"))
from tap import Tap  # noqa: E402

# What a script is made of: text, or blocks of a page.
Part = Union[str, list[tuple[str, str]]]

NUMBERS = r"\d+ of \d+ bytes"
TABLE = r"Mem: +\d+ +\d+.*"

# What stays, in this order; every other section begins after it.
FIRST = ["Get the source", "Build and install"]
# The ones that are for another place: debian-trixie has done the same as the second.
IMAGE = "An image"
ELSEWHERE = {"bookworm": {IMAGE}, "trixie": {IMAGE, "Debian packages"}}
DOCKERFILE = (ROOT / "Dockerfile").read_text()
BASE = re.findall(r"^FROM (debian:(\w+)-slim) AS build$", DOCKERFILE, re.M)[0]

# Lines that a section prints, and what is true after it.
RESULTS: dict[str, tuple[list[str], str]] = {
    "Install": ([], """
        cc examples/available.c $(pkg-config --cflags --libs libmymem) -o available
        ./available
        mymem-free -m"""),
    "Get the source": ([], "test -e meson.build"),
    "Debian packages": ([TABLE], """
        dpkg -S "$(command -v mymem-free)"
        cc examples/available.c $(pkg-config --cflags --libs libmymem) -o available
        ./available
        python3 -c 'import mymem; mymem.limit()'"""),
    "Build and install": ([TABLE], "pkg-config --exists libmymem"),
    "A release archive": ([], "test ! -e .git"),
    "Another prefix": ([NUMBERS, TABLE, "prefix=/usr"], """
        ldd available | grep -F "$HOME/.local/lib/libmymem.so.1"
        find root ! -type d ! -path 'root/usr/*' | lacks ."""),
    "With a compiler": ([NUMBERS], "dynamic available | grep libmymem"),
    "Linking statically": ([NUMBERS, NUMBERS], """
        dynamic available | lacks libmymem
        dynamic available-alone | lacks NEEDED
        cc examples/available.c -o available \\
            $(pkg-config --static --cflags --libs libmymem)
        dynamic available | grep libmymem"""),
    "With CMake": ([NUMBERS, NUMBERS], """
        dynamic with-cmake/build/available | grep libmymem
        dynamic with-cmake/build/available-static | lacks libmymem"""),
    "With meson": ([NUMBERS, NUMBERS, NUMBERS], """
        dynamic with-meson/build/available | grep libmymem
        dynamic with-meson/build/available-static | lacks libmymem
        dynamic with-meson/build-all/available | lacks libmymem
        DESTDIR=$PWD/own meson install -C with-meson/build-all --skip-subprojects
        test ! -e own"""),
    "Compiling the sources in": ([NUMBERS], """
        dynamic available | lacks libmymem
        flags=$(sed -n 's/^cc \\(.*\\) -Ilibmymem.*/\\1/p' ../docs/install.md)
        grep -Fe "cc -c $flags -Iinclude" libmymem/README.md"""),
    "One static program": ([TABLE, NUMBERS], """
        dynamic build-static/mymem-free/mymem-free | lacks NEEDED
        dynamic available | lacks NEEDED
        test "$(wc -c <build-static/mymem-free/mymem-free)" -le 163840"""),
    "An image": ([r"Mem: +100 .*", "limit +104857600 bytes, by cgroup.*", TABLE, TABLE], """
        docker run --rm -m 100m demo | grep -E 'Mem: +102400 '"""),
    "Python": ([NUMBERS], ""),
    "Cross compiling": ([TABLE], """
        readelf -h arm64/usr/bin/mymem-free | grep AArch64
        test -e arm64/usr/lib/aarch64-linux-gnu/libmymem.so.1"""),
    "Uninstalling": ([], """
        find /usr/local ! -type d -path '*mym*' | lacks .
        ldconfig -p | lacks libmymem"""),
}

# Blocks and results are run with these; a status that is lost would be no test.
PRELUDE = """set -eu
dynamic() { readelf -d "$1"; }
lacks() { ! grep -e "$1"; }
"""

# For what must not find what was installed before.
UNINSTALL = "ninja -C build uninstall >/dev/null; ldconfig"

# What the page says of a build without --libdir.
TRAP = """
meson setup b >/dev/null
meson install -C b >/dev/null
ldconfig
test -e /usr/local/lib64/libmymem.so.1
if pkg-config --exists libmymem; then exit 1; fi
if mymem-free 2>said; then exit 1; fi
grep 'cannot open shared object file' said
apt-get install -y --no-install-recommends dpkg-dev >/dev/null
meson setup other >/dev/null
meson introspect --buildoptions other | lacks '"lib64"'
"""


def sections(path: pathlib.Path) -> dict[str, list[tuple[str, str]]]:
    """{title: [(language, text of a fenced block), ...]}, in order."""
    found = {}
    for part in re.split(r"^## ", path.read_text(), flags=re.M)[1:]:
        title, _, text = part.partition("\n")
        found[title] = re.findall(r"^```(\w*)\n(.*?)^```$", text, re.S | re.M)
    return found


class Run:
    """Scripts, and what they need, in a directory that they see as /mnt."""

    def __init__(self, t: Tap, top: str) -> None:
        self.t, self.top = t, pathlib.Path(top)
        self.mnt, self.tree = self.top / "mnt", self.top / "tree"
        self.mnt.mkdir()
        self.top.chmod(0o755)
        self.address = "/mnt/libmymem.git"

    def repository(self) -> None:
        """What is here, committed or not, as a repository to clone."""
        there = self.mnt / "libmymem.git"
        git = ["git", "-c", "user.name=test", "-c", "user.email=test@localhost",
               f"--git-dir={there}", f"--work-tree={ROOT}"]
        for command in (["git", "init", "-q", "--bare", str(there)], [*git, "add", "-A"],
                        [*git, "commit", "-q", "-m", "What is here"]):
            subprocess.run(command, check=True, env={
                **os.environ, "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": "/dev/null"})

    def script(self, *parts: Part) -> pathlib.Path:
        """A file with these parts: text, or blocks of a page."""
        text = PRELUDE
        for part in parts:
            text += part if isinstance(part, str) else "".join(
                block.replace("ADDRESS", self.address) for _, block in part)
            text += "\n"
        path = self.mnt / "script"
        path.write_text(text)
        return path

    def enter(self, *options: str,
              command: Sequence[str]=("sh", "/mnt/script")) -> list[object]:
        return [ROOT / "tests/debian/enter", *options, "-b", self.mnt, self.tree,
                *command]

    def run(self, name: str, command: Sequence[object],
            lines: Sequence[str] = ()) -> bool:
        """The command succeeds, and prints these lines in this order."""
        began = time.monotonic()
        done = subprocess.run(
            [str(word) for word in command], stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            errors="replace")
        print(f"# {name}: {time.monotonic() - began:.0f} s", flush=True)
        pattern = ".*^".join(rf"(?:{line})$" for line in lines)
        return self.t.ok(
            done.returncode == 0 and
            re.search(f"^{pattern}" if lines else "", done.stdout, re.M | re.S),
            name, f"status {done.returncode}", *done.stdout.splitlines()[-40:])


def in_debian(run: Run, page: dict[str, list[tuple[str, str]]],
              readme: dict[str, list[tuple[str, str]]]) -> None:
    # It stands for the network, where there are no owners.
    (run.tree / "etc/gitconfig").write_text("[safe]\n\tdirectory = *\n")
    cd = "cd libmymem"

    # As root it is what the page begins with, and once with sudo where it says so.
    first, said = ("".join(text for _, text in blocks) for blocks in
                   ([*page[FIRST[0]], *page[FIRST[1]]], readme["Install"]))
    run.t.ok(first == said + "mymem-free -m\n", "README.md says the same", said)
    if PLACE != "bookworm":
        blocks, (lines, after) = readme["Install"], RESULTS["Install"]
        commands = "apt-get|meson install|ldconfig|ninja"
        run.script("cd", [(language, re.sub(rf"^(?={commands})", "sudo ", text, flags=re.M))
                          for language, text in blocks], after)
        (run.mnt / "as-user").write_text("""set -eu
            apt-get update && apt-get install -y --no-install-recommends sudo
            echo 'user ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/user
            exec setpriv --reuid=user --regid=user --init-groups \\
                env HOME=/home/user USER=user sh /mnt/script""")
        run.run("README.md with sudo",
                run.enter("-t", command=("sh", "/mnt/as-user")), lines)

    for title in FIRST:
        lines, after = RESULTS[title]
        run.script("cd", cd if title != FIRST[0] else "", page[title], after)
        if not run.run(title, run.enter(), lines):
            return
    run.script("cd", cd, UNINSTALL, TRAP)
    run.run("without --libdir", run.enter("-t"))

    for title, blocks in page.items():
        if title in FIRST or title in ELSEWHERE[PLACE]:
            continue
        options, (lines, after) = ["-t"], RESULTS[title]
        before: list[Part] = ["cd", cd]
        then: list[Part] = []
        if title == "Another prefix":  # which is for those who are not root
            options += ["-u", "user"]
            before = ["cd", page[FIRST[0]][-1:]]
        elif title == "Debian packages":
            before += [UNINSTALL]
        elif title == "A release archive":
            before += [UNINSTALL, "meson dist -C build --no-tests",
                       "mkdir /new; cd /new; mv ~/libmymem/build/meson-dist/*.tar.xz ."]
            then = [page[FIRST[1]]]
            lines = lines + RESULTS[FIRST[1]][0]
        run.script(*before, blocks, *then, after)
        run.run(title, run.enter(*options), lines)


def in_docker(run: Run, page: dict[str, list[tuple[str, str]]]) -> None:
    """The engine of the tests fetches nothing.  So the base of the image is made, with
    what the first RUN installs, and no mirror to ask for more."""
    engine = ROOT / "tests/containers/docker-engine.sh"
    installs = re.findall(r"^RUN (apt-get (?:.*\\\n)*.*)$", DOCKERFILE, re.M)
    run.script(installs[0], """
        rm -rf /etc/apt/sources.list /etc/apt/sources.list.d/* /var/lib/apt/lists/* \\
            /usr/share/doc /usr/share/locale /usr/share/man
        apt-get clean
        cd /
        tar -cf /mnt/base.tar bin etc lib* root sbin usr var""")
    if not run.run("what Dockerfile installs", run.enter("-t")):
        return
    os.environ["PATH"] = f"/usr/sbin:/usr/bin:/sbin:/bin:{os.environ['PATH']}"
    # One of its own: the names of the images may be in use elsewhere.
    os.environ["DOCKER_HOST"] = f"unix://{run.top}/none"
    started = subprocess.run([engine, "start", run.top / "e"], stdout=subprocess.PIPE,
                             text=True)
    if started.returncode == 77:
        run.t.ok(True, "An image # SKIP no Docker engine, and none can be started")
        return
    try:
        if not run.t.ok(started.returncode == 0, "a Docker engine"):
            return
        os.environ["DOCKER_HOST"] = started.stdout.strip()
        run.run("the base", ["docker", "import", run.mnt / "base.tar", BASE[0]])
        run.address = str(run.mnt / "libmymem.git")
        lines, after = RESULTS[IMAGE]
        path = run.script(f"cd '{run.top}'", page[FIRST[0]][-1:], page[IMAGE], after)
        run.run(IMAGE, ["sh", path], lines)
    finally:
        stopped = subprocess.run([engine, "stop", run.top / "e"])
        run.t.ok(stopped.returncode == 0, "the engine ends")


def main() -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    release = BASE[1] if PLACE == "image" else PLACE
    page, readme = sections(ROOT / "docs/install.md"), sections(ROOT / "README.md")
    with tempfile.TemporaryDirectory(dir="/var/tmp", prefix="mymem-test.") as top:
        try:
            tree = pathlib.Path(top, "tree")
            made = subprocess.run([ROOT / "tests/debian/root", release, tree])
            if made.returncode == 77:
                Tap.skip_all("no Debian tree can be made, or not by this user")
            t = Tap()
            t.same({title for title, blocks in page.items() if blocks} | {"Install"},
                   RESULTS, "each section with blocks is known")
            t.ok(all(language == "sh" for blocks in [*page.values(), readme["Install"]]
                     for language, _ in blocks), "each block is a shell's")
            if t.ok(made.returncode == 0, f"a new {release}"):
                run = Run(t, top)
                run.repository()
                if PLACE == "image":
                    in_docker(run, page)
                else:
                    in_debian(run, page, readme)
        finally:
            subprocess.run(["rm", "-rf", "--one-file-system", tree])
    t.finish()


main()
