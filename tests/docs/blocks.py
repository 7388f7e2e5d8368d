#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""blocks.py ROOT BUILD MESON TOOL SANITIZE COMPILER...: what newcomers copy
from the pages works.  Programs are compiled with the installed library, as the
page says, and run; so is what is typed, if it can be here; manifests and units
are held to what reads them.  A block that nobody can try is a failure."""
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from typing import Optional

import manifests
from source import fences, guides
from tap import Tap

WARNINGS = ["-std=c11", "-D_GNU_SOURCE", "-Wall", "-Wextra", "-pedantic", "-Werror"]

CLUSTER = "needs a cluster"
SYSTEMD = "needs systemd as the first process"
BUILD = "tools/check", "--native-file build-dev.ini"

# What is typed and not run here, by its page and first line: the file that runs
# it and what is in there, or why there can be none.
ELSEWHERE = {
    ("README.md", "docker run --rm -m 100m demo busybox free -m"):
        ("tests/containers/docker.sh", "busybox free"),
    ("README.md", "docker run --rm -m 100m demo mymem-free -m"):
        ("tests/containers/docker.sh", 'run -m 100m --cgroupns=private "$image"'),
    ("README.md", "apt-get update"): ("tests/install/page.py", "of README.md"),
    ("README.md", "tools/quickstart"): (".ci/run", "\ntools/quickstart\n"),
    ("README.md", "meson setup --native-file build-dev.ini b"): BUILD,
    ("CONTRIBUTING.md", "meson setup --native-file build-dev.ini b"): BUILD,
    ("docs/jobs.md", "free -t -m"): ("tests/tool/free.py", ",-t,--total,"),
    ("docs/jobs.md", "mymem-free --metrics=memory.prom"):
        ("tests/tool/monitor.sh", '--metrics="$dir/file.prom"'),
    ("docs/jobs.md", "mymem-free --pid 1234 --line"):
        ("tests/tool/pid.sh", '"$(about --line)"'),
    ("docs/jobs.md", "mymem-free --watch"):
        ("tests/tool/view.sh", '"$tool" --watch -c'),
    ("docs/jobs.md", "mymem-free --exec-on critical ./shed-load"):
        ("tests/tool/monitor.sh", "--exec-on critical echo now"),
    ("docs/jobs.md", "unshare --mount sh -c 'mymem-free --meminfo >/run/meminfo && "
     "mount --bind /run/meminfo /proc/meminfo && exec htop'"):
        ("tests/tool/readers.py", 'mount --bind "$1" /proc/meminfo'),
    ("docs/kubernetes.md", "kubectl debug -it server --image=IMAGE --target=server -- "
     "/mymem-free --explain"): CLUSTER,
    ("docs/kubernetes.md", "kubectl exec server -- /tools/mymem-free --explain"): CLUSTER,
    ("docs/kubernetes.md", "kubectl patch pod server --subresource resize --patch \\"):
        CLUSTER,
    ("docs/systemd.md", "systemd-run --user --scope -p MemoryMax=256M mymem-free -h"):
        SYSTEMD,
    ("docs/systemd.md", "systemctl set-property --runtime report.service "
     "MemoryMax=384M"): SYSTEMD,
    ("docs/systemd.md", "systemctl show -p EffectiveMemoryMax report.service"): SYSTEMD,
}


def flat(text: str) -> str:
    return " ".join(text.split())


class Reader:
    """Somebody who has installed the library and types what the pages say."""

    def __init__(self, root: pathlib.Path, build: str, meson: list[str],
                 tool: pathlib.Path, sanitize: list[str], compiler: list[str]) -> None:
        self.root, self.here = root, tempfile.TemporaryDirectory()
        top = pathlib.Path(self.here.name)
        self.work, self.bin = top / "work", top / "bin"
        self.work.mkdir()
        self.bin.mkdir()
        self.installed = subprocess.run(
            meson + ["install", "-C", build, "--no-rebuild"],
            env=dict(os.environ, DESTDIR=str(top / "root")),
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        library = next(top.glob("root/**/pkgconfig/libmymem.pc"), None)
        (self.bin / "mymem-free").symlink_to(tool)
        compiler[0] = shutil.which(compiler[0]) or compiler[0]
        self.script("cc", f'exec {shlex.join(compiler + sanitize)} "$@"')
        # A server of the reader's own, which wants to be told a limit, and not
        # the default of who could not find it out.
        (self.work / "server").symlink_to(self.script(
            "server", 'told=${2:-${GOMEMLIMIT-}}\n'
            '[ "$told" -gt 0 ] && [ "$told" -ne 256 ]'))
        self.preload = os.environ.pop("LD_PRELOAD", None)
        self.environment = dict(
            os.environ,
            PATH=f"{self.bin}:{os.environ['PATH']}",
            PKG_CONFIG_PATH=str(library.parent if library else ""),
            PKG_CONFIG_SYSROOT_DIR=str(top / "root"),
            LD_LIBRARY_PATH=str(library.parents[1] if library else ""))

    def script(self, name: str, text: str) -> pathlib.Path:
        path = self.bin / name
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(0o755)
        return path

    def run(self, command: list[str], where: Optional[pathlib.Path] = None,
            **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(command, cwd=where or self.work, timeout=60,
                              env=dict(self.environment, **environment),
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True)

    def python(self, text: str) -> subprocess.CompletedProcess[str]:
        more = {"PYTHONPATH": str(self.root / "bindings/python")}
        if self.preload:
            more["LD_PRELOAD"] = self.preload
        return self.run([sys.executable, "-W", "error", "-c", text], None, **more)


class Pages(Tap):
    def __init__(self, root: pathlib.Path, reader: Reader) -> None:
        super().__init__()
        self.root, self.reader, self.unused = root, reader, set(ELSEWHERE)
        self.examples = [flat(path.read_text())
                         for path in (root / "examples").glob("*.c")]

    def elsewhere(self, page: str, line: str) -> bool:
        """Whether it is known who runs this."""
        who = ELSEWHERE.get((page, line))
        self.unused.discard((page, line))
        if isinstance(who, tuple):
            return who[1] in (self.root / who[0]).read_text()
        return who is not None

    def ran(self, run: subprocess.CompletedProcess[str], name: str,
            expected: Optional[str] = None) -> None:
        good = run.returncode == 0 and expected in (None, run.stdout)
        self.ok(good, name, f"exit status {run.returncode}", run.stdout)

    def c(self, page: str, name: str, text: str) -> None:
        shared = any(flat(text) in example for example in self.examples)
        if page == "README.md" or "int main(" not in text:
            self.ok(shared, f"{name} is a part of an example")
        if "int main(" in text:
            (self.reader.work / "available.c").write_text(text)
            self.ran(self.reader.run(
                ["sh", "-c", "cc " + shlex.join(WARNINGS) +
                 " available.c $(pkg-config --cflags --libs libmymem)"]),
                f"{name} compiles")
            self.ran(self.reader.run(["./a.out"]), f"{name} runs")

    def python(self, page: str, name: str, text: str) -> None:
        self.ran(self.reader.python(text), f"{name} runs")

    def sh(self, page: str, name: str, text: str) -> None:
        # In the place of what came before: the program that is to be compiled.
        first = re.sub(r"\s+#.*", "", text.splitlines()[0])
        if not self.elsewhere(page, first):
            self.ran(self.reader.run(["sh", "-euc", text]), f"{name} runs")

    def console(self, page: str, name: str, text: str) -> None:
        asked = re.split(r"^\$ ", text, flags=re.M)
        self.ok(asked[0] == "" and len(asked) > 1, f"{name} begins with a command")
        for part in asked[1:]:
            command, _, output = part.partition("\n")
            if "--sysroot" in command:
                self.ran(self.reader.run(["sh", "-c", command], self.root),
                         f"{name}: {command}", output)
            else:
                self.ok(self.elsewhere(page, command),
                        f"{name}: it is known who runs {command}")

    def yaml(self, page: str, name: str, text: str) -> None:
        if manifests.HAS_YAML:
            wrong = list(manifests.manifest(text))
            self.ok(not wrong, f"{name} is what Kubernetes reads", *wrong)
        else:
            self.ok("CI" not in os.environ, f"{name} # SKIP python3-yaml is missing")

    def ini(self, page: str, name: str, text: str) -> None:
        wrong = list(manifests.unit(text))
        self.ok(not wrong, f"{name} is what systemd reads", *wrong)

    def page(self, path: pathlib.Path) -> None:
        page = str(path.relative_to(self.root))
        blocks = fences(path)
        self.ok(len(blocks) * 2 == len(re.findall(r"^```", path.read_text(), re.M)),
                f"{page}: its blocks are found")
        self.ok(not re.search(r"\n\n(    |\t)\S", re.sub(
            r"^```.*?^```$", "", path.read_text(), flags=re.S | re.M)),
            f"{page}: no block without a fence, which nobody would try")
        for number, (language, text) in enumerate(blocks, 1):
            name = f"{page}, block {number}"
            attempt = getattr(self, language, None) \
                if language in ("c", "python", "sh", "console", "yaml", "ini") else None
            self.ok(attempt, f"{name}: {language or 'no language'} can be tried")
            if attempt:
                attempt(page, name, text)


def broken(t: Tap) -> None:
    """What is wrong is found."""
    if manifests.HAS_YAML:
        t.ok(list(manifests.manifest("apiVersion: v1\nkind: Pod\nspec:\n"
                                     "  containers:\n  - nam: x\n")),
             "a field that there is not is found")
        t.ok(list(manifests.manifest(
            "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - name: x\n"
            "    resources: {requests: {memory: 2Gi}, limits: {memory: 1Gi}}\n")),
            "a request above its limit is found")
    head = "# /etc/systemd/system/x.service\n[Service]\n"
    t.ok(list(manifests.unit(head + "MemoryMost=1G\n")),
         "a setting that there is not is found")
    t.ok(list(manifests.unit(head + "MemoryMax=much\n")), "a bad value is found")


def main() -> None:
    root = pathlib.Path(sys.argv[1]).resolve()
    build, meson, tool, sanitize = sys.argv[2:6]
    reader = Reader(root, build, [meson], pathlib.Path(tool).resolve(),
                    sanitize.split(), sys.argv[6:])
    t = Pages(root, reader)
    t.ok(reader.installed.returncode == 0, "meson install", reader.installed.stdout)
    for path in guides(root):
        t.page(path)
    broken(t)
    t.ok(not t.unused, "nothing is said to be run elsewhere that no page has",
         *t.unused)
    t.finish()


main()
