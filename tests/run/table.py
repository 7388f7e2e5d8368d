# SPDX-License-Identifier: MIT
"""What people run, and what it says of the machine's memory: one row for each
program and each way in which it asks."""
from typing import Mapping, NamedTuple, Sequence


LIMIT = 512  # MiB
STATIC = {"preload": "no object can be loaded into a static program"}


class Program(NamedTuple):
    name: str
    # A line of sh with mymem-run in the place of RUN, or else in front; what it
    # prints is searched for the pattern, and the last find has a number of such
    # units, or of the letter after it.
    command: str
    pattern: str = r"^(\d+)"
    unit: float = 1 / (1 << 20)
    # What it makes of the machine's memory: this much of it, at most that many MiB.
    share: float = 1
    most: float = 1e9
    # What it has beside.
    slack: float = 1
    # Why it sees the machine all the same in some modes of mymem-run.
    machine: Mapping[str, str] = {}
    # Whether the number is what is free: no more than the whole.
    free: bool = False
    # Whether it is smaller where less is free, as on a machine that others use, and
    # then at least this much of the whole.
    least: float = 1
    # Whether the limit is halved while it runs.
    halved: bool = False

    def sees_machine(self, mode: str) -> str:
        """Why, or nothing."""
        return "nobody tells it more" if mode == "none" else self.machine.get(mode, "")

    def limit(self) -> float:
        return LIMIT / (1 + self.halved)

    def of(self, total: float) -> float:
        """What it makes of a machine of so many MiB."""
        return min(total * self.share, self.most)


BYTES, KIB, MIB = 1 / (1 << 20), 1 / (1 << 10), 1
LETTERS = {"M": 1, "G": 1 << 10}
MEM = r"Mem: +(\d+)"

# @NAME is made by one of these: HERE is the folder programs, OUT the program.
SOURCES = {
    "busybox": "cd $(dirname OUT) && apt-get -q download busybox && "
               "dpkg -x busybox_*.deb OUT.d && ln -s busybox.d/bin/busybox OUT",
    "glibc": "cc -O2 -o OUT HERE/pages.c",
    "fortified": "cc -O2 -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3 -o OUT HERE/pages.c",
    "musl": "musl-gcc -O2 -o OUT HERE/pages.c",
    "musl_static": "musl-gcc -static -O2 -o OUT HERE/pages.c",
    "m32": "cc -m32 -O2 -o OUT HERE/pages.c",
    "m32_static": "cc -m32 -static -O2 -o OUT HERE/pages.c",
    "ifstream": "c++ -O2 -o OUT HERE/ifstream.cc",
    "go": "CGO_ENABLED=0 GOCACHE=OUT.d GO111MODULE=off go build -o OUT HERE/memory.go",
    "sort": "cp HERE/sort OUT",
}

PROGRAMS = [
    Program("procps free", "free -b", MEM),
    Program("procps free, free", "free -b", r"Mem: +\d+ +\d+ +(\d+)", free=True),
    Program("procps top -b", "top -b -n 1", r"MiB Mem : +([\d.]+) total", MIB),
    Program("procps vmstat -s", "vmstat -s", r"(\d+) K total memory", KIB),
    Program("procps vmstat -n", "vmstat -n 1 2",
            r"\n *\d+ +\d+ +\d+ +(\d+)", KIB, free=True),
    # The vmstat of Debian 12 (4.0.2) reads it once, and top every three seconds.
    Program("procps free -s, the limit halved", "free -b -s 1 -c 3", MEM,
            halved=True),
    Program("procps top -b, the limit halved", "top -b -n 2 -d 3",
            r"MiB Mem : +([\d.]+) total", MIB, halved=True),
    Program("htop", "(sleep 1.5; echo q) | TERM=xterm COLUMNS=120 LINES=30 "
            "script -qc 'stty cols 120 rows 30; RUN htop --no-color' /dev/null",
            r"Mem\[[^]]*/([\d.]+)([MG])\]"),
    Program("busybox free", "@busybox free -b", MEM),
    Program("busybox free, static", "busybox free -b", MEM, machine=STATIC),
    Program("Go, static", "@go", r"sysinfo (\d+)", machine=STATIC),
    Program("Go, static: /proc/meminfo", "@go", r"meminfo (\d+)", KIB, machine=STATIC),
    Program("Python os.sysconf", "python3 -c 'import os; print(os.sysconf("
            '"SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))' "'"),
    Program("Python open", "python3 -c 'print(open(\"/proc/meminfo\").read())'",
            r"MemTotal: +(\d+)", KIB),
    Program("Python psutil", "/usr/bin/python3 -c 'import psutil;"
            "print(psutil.virtual_memory().total)'"),
    Program("Node os.totalmem", "node -e 'console.log(os.totalmem())'"),
    Program("Node os.freemem", "node -e 'console.log(os.freemem())'", free=True),
    Program("Java 17, no container support",
            "java -XX:-UseContainerSupport -XX:+PrintFlagsFinal -version",
            r" MaxHeapSize += (\d+)", share=1 / 4),
    Program("Ruby Etc.sysconf", "ruby -retc -e "
            "'puts Etc.sysconf(Etc::SC_PHYS_PAGES) * Etc.sysconf(Etc::SC_PAGESIZE)'"),
    Program("Ruby File.read", "ruby -e 'puts File.read(\"/proc/meminfo\")'",
            r"MemTotal: +(\d+)", KIB),
    Program("PHP file", "php -r 'echo file_get_contents(\"/proc/meminfo\");'",
            r"MemTotal: +(\d+)", KIB),
    Program("Perl", "perl -e 'open F, \"/proc/meminfo\"; print <F>'",
            r"MemTotal: +(\d+)", KIB),
    # Since GCC 3.3 an eighth, at most 128 MiB (init_ggc_heuristics()).
    Program("gcc's garbage collector", "gcc -Q -v -x c -S -o /dev/null /dev/null 2>&1",
            r"ggc-min-heapsize=(\d+)", KIB, share=1 / 8, most=128),
    # What is free, but an eighth of the machine at least, and three quarters of it at
    # most (default_sort_size()).
    Program("sort's buffer", "@sort", r"VmSize:\s*(\d+)", KIB, share=3 / 4, slack=16,
            least=1 / 6),
    Program("xz --info-memory", "xz --info-memory", r"RAM\):.*\((\d+) B\)"),
    Program("C++ ifstream", "@ifstream", r"MemTotal: +(\d+)", KIB),
    Program("glibc program", "@glibc"),
    Program("glibc program, _FORTIFY_SOURCE=3", "@fortified"),
    Program("musl program", "@musl"),
    Program("musl program, static", "@musl_static", machine=STATIC),
    Program("32-bit program", "@m32",
            machine={"preload": "the object is for programs of 64 bits"}),
    Program("32-bit program, static", "@m32_static", machine=STATIC),
    Program("dash", "dash -c 'read key kib unit </proc/meminfo; echo $kib'", unit=KIB),
    Program("bash in pipes", "bash -c 'cat /proc/meminfo | grep MemTotal | "
            "(sleep 0; cat) | tr -dc 0-9; echo'", unit=KIB),
    Program("awk of a shell of a shell", "sh -c \"bash -c 'awk /MemTotal/ "
            "/proc/meminfo'\"", r"(\d+)", KIB),
    Program("busybox free, static, of a shell", "sh -c 'busybox free -b; :'",
            MEM, machine={**STATIC, "auto": "it looks at the shell, which is dynamic, "
                          "and not at what that will start"}),
    Program("procps free, of env -i", "env -i free -b", MEM,
            machine=dict.fromkeys(["preload", "auto"], "without the environment no "
                                  "object is loaded")),
]


class Story(NamedTuple):
    """A program that takes as much as the machine could give, and is killed.  None
    of them can be had static: busybox sort, say, takes what its input needs."""
    name: str
    limit: int  # MiB
    command: str
    # The modes of mymem-run in which it is told.
    modes: Sequence[str] = ("auto",)
    processors: int = 1


# In a directory of their own, with a file "much" of 200 MB.
STORIES = [
    # Its buffer is as large as its input, up to three quarters of the machine.
    Story("sort of 200 MB", 64, "sort -r -T . much >/dev/null",
          ("trap", "mount", "auto")),
    # One thread for each processor, if they take no more than a quarter of it; one
    # takes up to 166 MiB, and two took 235.
    Story("xz -T0", 192,
          "yes 0123456789abcdef | head -c 80000000 | RUN xz -T0 >/dev/null",
          processors=2),
    # What waits to be compressed may take a quarter of it.
    Story("mksquashfs", 64, "mksquashfs much image -Xcompression-level 1 "
          "-noappend -no-progress >/dev/null"),
    # So may Java's heap.
    Story("Java 17, no container support", 256,
          "java -XX:-UseContainerSupport HERE/Garbage.java"),
]
