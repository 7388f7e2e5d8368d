# SPDX-License-Identifier: MIT
"""A container with a limit, and witness.c in it, which says again and again what it
sees of the machine's memory."""
import errno
import pathlib
import re
import subprocess
import time

from tap import Tap

MIB = 1 << 10  # in KiB, as all numbers here
LIMIT, SWAP, TMPFS = 512 * MIB, 128 * MIB, 100 * MIB
# Processors keep what they have charged and not used.
NEAR = 4 * MIB
# Files that stay open are no older than a second.
REFRESHED = 1.5
Numbers = dict[str, int]


def numbers(text: str) -> Numbers:
    return {key: int(value) for key, value in
            re.findall(r"^(\S+): +(\d+)(?: kB)?$", text, re.M)}


def in_mib(kib: int) -> str:
    return f"{kib / MIB:.0f}"


class Container:
    """A group with a limit, and namespaces of its own."""

    def __init__(self, limited: str, work: pathlib.Path) -> None:
        self.work = work
        script = ('mkdir tmpfs && mount -t tmpfs none tmpfs && '
                  f'head -c {TMPFS << 10} /dev/zero >tmpfs/file && '
                  'head -c 40000000 /dev/zero >cached && '
                  'echo "$LIMIT_FILE" && exec sleep 600')
        self.process = subprocess.Popen(
            [limited, str(LIMIT << 10), "unshare", "--mount", "--pid", "--fork",
             "--kill-child", "--mount-proc", "sh", "-c", script], cwd=work,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            text=True)
        assert self.process.stdout and self.process.stderr
        file = self.process.stdout.readline().strip()
        if not file:
            Tap.skip_all(self.process.stderr.read().strip())
        self.limit_file, self.group = pathlib.Path(file), pathlib.Path(file).parent
        self.version = 1 if "limit_in_bytes" in file else 2
        self.first = children(children(self.process.pid)[0])[0]
        if self.version == 1:
            (self.group / "memory.memsw.limit_in_bytes").write_text(
                str((LIMIT + SWAP) << 10))
        else:
            (self.group / "memory.swap.max").write_text(str(SWAP << 10))

    def command(self, *command: str) -> list[str]:
        return ["sh", "-c", 'echo 0 >"$0/cgroup.procs" && exec "$@"', str(self.group),
                *within(self.first), *command]

    def limit(self, kib: int) -> None:
        self.limit_file.write_text(str(kib << 10))
        time.sleep(REFRESHED)

    def end(self) -> None:
        signal("-KILL", self.first)
        self.process.wait()

    def stat(self) -> Numbers:
        """What the kernel counts, by names that both versions have."""
        v1 = self.version == 1
        stat = {key: int(value) >> 10 for key, value in re.findall(
            r"^(?:total_)?(\S+) (\d+)$", (self.group / "memory.stat").read_text(), re.M)}
        used = int((self.group / ("memory.usage_in_bytes" if v1 else "memory.current"))
                   .read_text()) >> 10
        files = stat["active_file"] + stat["inactive_file"]
        free = (int(self.limit_file.read_text()) >> 10) - used
        return {
            "MemTotal": used + free, "MemFree": free,
            "MemAvailable": free + files + stat.get("slab_reclaimable", 0),
            "Cached": stat["cache" if v1 else "file"],
            "Shmem": stat["shmem"],
            "AnonPages": stat["rss" if v1 else "anon"],
        }


def within(pid: int) -> list[str]:
    """Its root, too: who enters a mount namespace leaves a chroot(2)."""
    return ["nsenter", "-t", str(pid), "-m", "-p", "-r"]


def children(pid: int) -> list[int]:
    text = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(word) for word in text.split()]


def name_of(pid: int) -> str:
    return pathlib.Path(f"/proc/{pid}/comm").read_text().strip()


def signal(which: str, *pids: int) -> None:
    subprocess.run(["kill", which, *map(str, pids)], check=True)


class Witness:
    """witness.c in the container, shown its memory in one way."""

    def __init__(self, container: Container, ways: list[list[str]],
                 witness: str) -> None:
        # Not the command itself, which is killed with mymem-run.
        command = ["sh", "-c", '{ "$0" <&3 3<&- || echo "== end"; } & '
                   'exec 3<&- sleep 600', witness]
        for way in reversed(ways):
            command = [*way, *command]
        self.process = subprocess.Popen(
            container.command("sh", "-c", 'exec 3<&0 && exec "$@"', "sh", *command),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)
        self.see()

    def see(self) -> None:
        """What it says next: a text or numbers for each of its ways to ask."""
        assert self.process.stdout
        self.said: dict[str, str] = {}
        name = ""
        for line in self.process.stdout:
            if line.startswith("== "):
                name = line[3:].strip()
                self.said[name] = ""
            else:
                self.said[name] += line
            if name == "end":
                break

    def again(self) -> None:
        assert self.process.stdin
        self.process.stdin.write("\n")
        self.see()

    def numbers(self, name: str) -> Numbers:
        return numbers(self.said.get(name, ""))

    def total(self, name: str) -> str:
        """In MiB, or why there is none."""
        failed = re.search(r"^! (\d+)$", self.said[name], re.M)
        return errno.errorcode[int(failed[1])] if failed else \
            in_mib(self.numbers(name)["MemTotal"])

    def server(self) -> int:
        """mymem-run: the child of nsenter."""
        return children(self.process.pid)[0]

    def kill_server(self, *others: str) -> None:
        """At once with those of its children that have these names."""
        server = self.server()
        pids: list[int] = []
        while len(pids) < len(others):  # it has to be given its name first
            pids = [pid for pid in children(server) if name_of(pid) in others]
        signal("-STOP", server, *pids)
        signal("-KILL", server, *pids)
        # nsenter(1) has stopped with its child.
        signal("-CONT", self.process.pid)

    def beside(self, command: str) -> "subprocess.CompletedProcess[str]":
        """A command in the same container."""
        return subprocess.run(
            [*within(self.server()), command],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def disagreements(self) -> list[str]:
        """What cannot be so, in what one text says, or in what two ways to ask say."""
        m, info = self.numbers("opened"), self.numbers("sysinfo")
        pages = self.numbers("sysconf")
        swaps = sum(map(int, re.findall(r"^\S+\s+\w+\s+(\d+)", self.said["swaps"], re.M)))
        used = m["MemTotal"] - m["MemFree"]
        lists = m["Active"] + m["Inactive"] + m["Unevictable"]
        rules = {
            "MemAvailable is less than MemFree": m["MemFree"] <= m["MemAvailable"],
            "MemAvailable is more than MemTotal": m["MemAvailable"] <= m["MemTotal"],
            "tmpfs is available":
                m["MemAvailable"] <= m["MemTotal"] - m["Shmem"] - m["AnonPages"],
            "Active is not the sum": m["Active"] == m["Active(anon)"] + m["Active(file)"],
            "Inactive is not the sum":
                m["Inactive"] == m["Inactive(anon)"] + m["Inactive(file)"],
            "the lists have more than is used": lists <= used,
            "Slab is not the sum": m["Slab"] == m["SReclaimable"] + m["SUnreclaim"],
            "KReclaimable is more than is used": m["KReclaimable"] <= used,
            "the kernel has more than is used": m["KernelStack"] + m["PageTables"] +
                m["Percpu"] + m["Cached"] + m["AnonPages"] <= used,
            "huge pages are more than Cached": m.get("FileHugePages", 0) <= m["Cached"],
            "Mlocked is more than Unevictable": m["Mlocked"] <= m["Unevictable"],
            "/proc/swaps has another SwapTotal": swaps == m["SwapTotal"],
            "sysinfo(2) has another MemTotal": info["MemTotal"] == m["MemTotal"],
            "sysinfo(2) has another MemFree": abs(info["MemFree"] - m["MemFree"]) <= NEAR,
            "sysinfo(2) has another SwapTotal": info["SwapTotal"] == m["SwapTotal"],
            "sysconf(3) has another MemTotal": pages["MemTotal"] == m["MemTotal"],
            "sysconf(3) has another MemFree": abs(pages["MemFree"] - m["MemFree"]) <= NEAR,
        }
        return [what for what, good in rules.items() if not good]
