#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""terminal.py MYMEM_RUN: what a terminal does to mymem-run and its command, and
what the shell that waits for it sees."""
import os
import pty
import select
import signal
import sys
import time
from typing import Callable

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "support"))

from tap import Tap  # noqa: E402

LONG = 60.0  # seconds: nothing here takes as long


class Terminal:
    """A shell with job control on a terminal of its own."""

    def __init__(self) -> None:
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            # In the background of a script, these are ignored.
            for number in (signal.SIGINT, signal.SIGQUIT):
                signal.signal(number, signal.SIG_DFL)
            os.environ.update(PS1="", PS2="", TERM="dumb", LC_ALL="C")
            os.execvp("bash", ["bash", "--norc", "--noprofile", "--noediting", "-i"])
        self.seen = ""
        self.type("stty -echo; PS1=; bind 'set enable-bracketed-paste off' "
                  "2>/dev/null; echo be''gin\n")
        self.wait("begin\r\n")

    def type(self, text: str) -> None:
        os.write(self.fd, text.encode())

    def wait(self, text: str) -> bool:
        """Until the terminal has shown this; what came before is forgotten."""
        end = time.monotonic() + LONG
        while text not in self.seen:
            if not select.select([self.fd], [], [], end - time.monotonic())[0]:
                return False
            try:
                self.seen += os.read(self.fd, 4096).decode(errors="replace")
            except OSError:
                return False
        self.seen = self.seen.partition(text)[2]
        return True

    def close(self) -> None:
        self.type("\x03\nexit\nexit\n")
        self.wait("never shown")
        os.close(self.fd)
        os.waitpid(self.pid, 0)


def main() -> None:
    tool = sys.argv[1]
    t = Tap()
    shell = Terminal()

    def step(name: str, typed: str, shown: str) -> None:
        shell.type(typed)
        t.ok(shell.wait(shown), name, f"no {shown!r} in", repr(shell.seen))

    catch = "trap 'echo caught; exit 6' INT; echo read''y; while :; do sleep 0.1; done"
    step("the command runs on the terminal", f'{tool} sh -c "{catch}"\n', "ready")
    step("Ctrl-C reaches it", "\x03", "caught")
    step("once, and its status is told", "echo status=$?\n", "status=6")
    step("it reads from the terminal", f"{tool} sh -c 'read a; echo got-$a'\nword\n",
         "got-word")
    step("Ctrl-C ends it", f"{tool} sh -c 'echo read''y; exec sleep 100'\n", "ready")
    step("by the signal", "\x03echo status=$?\n", "status=130")
    step("Ctrl-\\ as well", f"{tool} sh -c 'ulimit -c 0; echo read''y; "
         "exec sleep 100'\n", "ready")
    step("with its status", "\x1cecho status=$?\n", "status=131")
    step("another", f"{tool} sh -c 'echo read''y; read a; echo got-$a'\n", "ready")
    step("Ctrl-Z stops both", "\x1a", "Stopped")
    step("fg lets both go on", "fg\n", "sh -c")
    step("and it reads again", "more\n", "got-more")
    step("in the background", f"{tool} sh -c 'read a; echo got-$a' &\n"
         "while ! jobs | grep -q Stopped; do sleep 0.1; done; echo wai''ts\n", "waits")
    step("in the foreground", "fg\nlast\n", "got-last")
    step("in a pipeline", f"{tool} sh -c 'echo 1; echo 2' | {tool} sh -c "
         "'cat; read a </dev/tty; echo got-$a'\n", "2")
    step("the terminal is the last one's", "pipe\n", "got-pipe")
    shell.close()
    t.finish()


main()
