# SPDX-License-Identifier: MIT
"""What matrix.py and story.py are told: what shows programs their memory, and where
they run."""
import argparse
import pathlib
import re
import shlex

from container import Container
from group import Group
from place import Place

HERE = pathlib.Path(__file__).resolve().parent
MODES = ["none", "preload", "trap", "mount", "auto"]
PLACES = {"group": Group, "container": Container}


class Ways:
    def __init__(self, options: argparse.Namespace, work: pathlib.Path) -> None:
        """Commands run in this directory."""
        self.options, self.work = options, work
        self.program: pathlib.Path = options.mymem_run.resolve()
        self.needs = [HERE, self.program.parent.parent]
        # One for each, as they run at the same time.
        self.place: dict[str, Place] = {mode: PLACES[options.place](
            options.by, self.needs, work) for mode in MODES}
        self.denied = self.place["none"].denied

    def line(self, command: str, mode: str) -> str:
        """With mymem-run in the place of RUN, or in front, as it would be typed."""
        run = "" if mode == "none" else \
            f"{shlex.quote(str(self.program))} --mode={mode} "
        command = command if "RUN " in command else "RUN " + command
        return command.replace("RUN ", run).replace("HERE", str(HERE / "programs"))

    @staticmethod
    def first(command: str) -> str:
        """The program that is asked."""
        found = re.search(r"RUN (\S+)", command)
        return found[1] if found else command.split()[0]


def parser(about: str) -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(
        description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("mymem_run", metavar="MYMEM_RUN", type=pathlib.Path)
    made.add_argument("place", choices=PLACES)
    made.add_argument("by", metavar="LIMITED|IMAGE",
                      help="limited of this directory, which makes the group; or an "
                      "image for the engine that DOCKER_HOST names")
    return made
