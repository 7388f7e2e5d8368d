#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""check.py [-n TREES] [-s SEED] [-j WORKERS] [-k DIRECTORY] SHOW-MANY...

Makes random trees, asks the library and the model about each, and compares.
A tree with different answers is made as small as possible and kept.
SHOW-MANY is the built random-show-many; of several, the first is asked about
each tree and the others take turns.  TREES and SEED can be in the environment.
"""
import argparse
import difflib
import multiprocessing
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from typing import Any, Dict, List, Sequence, Set

import generate
import model

BATCH = 500
TURNS = 6       # after so many trees a build has asked everything: see lately.c
TREES = 2000
KEPT = 20


class Library:
    """A build of the library, in a process of its own."""

    def __init__(self, program):
        self.program = program
        self.start()

    def start(self):
        self.process = subprocess.Popen([self.program], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE)

    def ask(self, sysroot):
        to, back = self.process.stdin, self.process.stdout
        assert to and back      # they are pipes
        try:
            to.write(sysroot + b'\n')
            to.flush()
            length = back.readline()
        except BrokenPipeError:
            length = b''
        if length:
            return back.read(int(length))
        status = self.process.wait()
        self.start()
        return b'the library ended: status %d\n' % status


class Libraries:
    """All builds, asked about trees below a directory."""

    def __init__(self, programs, base):
        self.each = self.asked = [Library(program) for program in programs]
        self.sysroot = os.fsencode(os.path.join(base, '%d' % os.getpid()))
        os.mkdir(self.sysroot)

    def take_turns(self, number):
        first, *others = self.each
        self.asked = [first] + others[number % max(len(others), 1):][:1]

    def answers(self, files, turns):
        made = materialise(self.sysroot, files)
        try:
            return [library.ask(self.sysroot) for library in self.asked
                    for _ in range(turns)]
        finally:
            for path in made:
                os.unlink(path) if path in made.files else os.rmdir(path)


class Made(List[bytes]):
    """What was made, in the order in which it can be removed."""
    files: Set[bytes] = set()


def materialise(sysroot, files):
    made, directories = Made(), set()
    made.files = set()

    def directory(path):
        if path not in directories:
            directory(os.path.dirname(path))
            os.mkdir(path)
            directories.add(path)
            made.append(path)

    directories.add(sysroot)
    for name, content in files.items():
        path = sysroot + b'/' + name.encode('latin-1')
        directory(os.path.dirname(path))
        fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
        os.write(fd, content)
        os.close(fd)
        made.append(path)
        made.files.add(path)
    made.reverse()
    return made


# ---------------------------------------------------------------------------
# What must hold
# ---------------------------------------------------------------------------

def numbers(text):
    found: Dict[str, int] = {}
    for line in text.split(b'\n'):
        match = re.match(rb'(limit|available|host_total) ([0-9]+)\b', line)
        if match:
            found.setdefault(match.group(1).decode(), int(match.group(2)))
    return found


def broken_promises(text, truth):
    """What no answer may say, whatever the model thinks."""
    found = numbers(text)
    limit, available, total = [found.get(name) for name in
                               ('limit', 'available', 'host_total')]
    if text.startswith(b'the library ended'):
        yield 'crash'
    if re.search(rb'=-[0-9]| -[0-9]', re.sub(rb'path=.*| by .*|cgroup .*', b'',
                                            text)):
        yield 'a negative number'
    if available is not None and limit is not None and available > limit:
        yield 'available > limit'
    if limit is not None and total is not None and limit > total:
        yield 'limit > host_total'
    if 'limit' in truth and (limit is None or limit > truth['limit']):
        yield 'limit > truth, which is %d' % truth['limit']
    if 'available' in truth and \
            (available is not None and available > truth['available']):
        yield 'available > truth, which is %d' % truth['available']


def complaints(libraries, files, truth, turns=1):
    """What is wrong, the text it is wrong in, and the model's."""
    texts = libraries.answers(files, turns)
    try:
        expect = model.answer(files)
    except Exception as error:      # the model must stand anything, too
        return ['the model failed: %r' % error], texts[0], b''
    for text in texts:
        found = list(broken_promises(text, truth))
        if text != expect:
            found.append('library and model differ')
        if found:
            break
    return found, text, expect


def signature(complaint):
    """What kind of complaint it is: which lines differ."""
    found, text, expect = complaint
    lines, expected = text.split(b'\n'), expect.split(b'\n')
    differing = set(lines) ^ set(expected) if found else ()
    return found, {line[:13] if line.startswith(b'constraint') else
                   line.split(b' ')[0] for line in differing}


def smaller(libraries, files, reason):
    """Removes files, and then lines, as long as the complaint remains."""
    _, kinds = signature(complaints(libraries, files, {}, TURNS))

    def same(candidate):
        found, now = signature(complaints(libraries, candidate, {}, TURNS))
        return reason in found and now <= kinds and bool(now) == bool(kinds)

    size = max(1, len(files) // 2)
    while True:
        names = sorted(files)
        for start in range(0, len(names), size):
            gone = set(names[start:start + size])
            candidate = {n: c for n, c in files.items() if n not in gone}
            if same(candidate):
                files = candidate
        if size == 1:
            break
        size //= 2
    for name in sorted(files):
        lines = files[name].split(b'\n')
        index = 0
        while 1 < len(lines) < 500 and index < len(lines):
            candidate = dict(files)
            candidate[name] = b'\n'.join(lines[:index] + lines[index + 1:])
            if same(candidate):
                files, lines = candidate, lines[:index] + lines[index + 1:]
            else:
                index += 1
    return files


def diff(expect, text):
    lines = difflib.unified_diff(expect.decode('latin-1').split('\n'),
                                 text.decode('latin-1').split('\n'),
                                 'model', 'library', lineterm='')
    return '\n'.join(lines).encode('latin-1').decode('utf-8', 'backslashreplace')


def report(libraries, options, number, files, truth, complaint):
    found, text, expect = complaint
    lines = ['# tree %d: %s' % (number, ', '.join(found))]
    again = complaints(libraries, files, truth, TURNS)
    # What depends on more than the tree may not be there a second time.
    if not again[0]:
        lines.append('asked again, there was no complaint')
    # What is true of a tree is no longer true of a smaller one.
    elif 'truth' not in found[-1]:
        files = smaller(libraries, files, found[-1])
        _, text, expect = complaints(libraries, files, {}, TURNS)
    kept = os.path.join(options.keep, '%s-%d' % (options.seed, number))
    shutil.rmtree(kept, ignore_errors=True)
    os.makedirs(kept)
    materialise(os.fsencode(kept), files)
    with open(os.path.join(kept, 'expect'), 'wb') as file:
        file.write(expect)
    lines += diff(expect, text).split('\n')
    lines.append(('the tree: ' if not again[0] else 'the smallest such tree: ') +
                 kept)
    lines.append('again: check.py -s %s --only %d %s' % (
        options.seed, number, ' '.join(options.programs)))
    return '\n'.join(lines)


# ---------------------------------------------------------------------------
# Many
# ---------------------------------------------------------------------------

work: Any = None     # of this process: its options and builds, or why there are none


def worker_start(options, base):
    global work
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    try:
        work = (options, Libraries(options.programs, base))
    except OSError as error:    # a pool would try again for ever
        work = error


def worker_batch(batch):
    if isinstance(work, OSError):
        raise work
    options, libraries = work
    reports: List[str] = []
    known = 0
    for number in batch:
        files, truth = generate.machine(options.seed, number)
        if options.only is None:
            libraries.take_turns(number)
        complaint = complaints(libraries, files, truth,
                               1 if options.only is None else TURNS)
        found, text, _ = complaint
        known += b'\navailable unknown' not in text and text[:5] != b'error'
        if found:
            # The first few say it all, and making them small takes time.
            reports.append(report(libraries, options, number, files, truth,
                                  complaint)
                           if len(reports) < KEPT else
                           '# tree %d: %s' % (number, ', '.join(found)))
    return len(batch), known, reports


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('programs', metavar='SHOW-MANY', nargs='+')
    parser.add_argument('-n', '--trees', type=int,
                        default=int(os.environ.get('TREES') or TREES))
    parser.add_argument('-s', '--seed', default=os.environ.get('SEED') or
                        str(int.from_bytes(os.urandom(4), 'big')))
    parser.add_argument('-j', '--workers', type=int,
                        default=min(2, os.cpu_count() or 1))
    parser.add_argument('-k', '--keep', metavar='DIRECTORY', default=os.path.join(
        tempfile.gettempdir(), 'mymem-random'))
    parser.add_argument('-a', '--all', action='store_true',
                        help='go on, however many complaints there are')
    parser.add_argument('--only', type=int, metavar='NUMBER',
                        help='this tree only')
    return parser.parse_args()


def main():
    options = arguments()
    options.programs = [os.path.abspath(p) for p in options.programs]
    for program in options.programs:
        if not os.access(program, os.X_OK):
            sys.exit(program + ': no such program')
    print('seed %s, %d trees' % (options.seed, options.trees))
    sys.stdout.flush()
    if options.only is not None:
        batches: List[Sequence[int]] = [[options.only]]
    else:
        everything = range(options.trees)
        batches = [everything[i:i + BATCH]
                   for i in range(0, options.trees, BATCH)]
    # Also after a timeout no trees are left behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    start = time.monotonic()
    done = known = bad = 0
    shm = '/dev/shm' if os.access('/dev/shm', os.W_OK) else None
    base = tempfile.mkdtemp(prefix='mymem-random-', dir=shm)
    try:
        with multiprocessing.Pool(options.workers, worker_start,
                                  (options, base)) as pool:
            for count, answered, reports in pool.imap_unordered(worker_batch,
                                                                batches):
                done += count
                known += answered
                bad += len(reports)
                for text in reports:
                    print(text)
                sys.stdout.flush()
                if bad > 10 * KEPT and not options.all:
                    print('enough')
                    break
    finally:
        shutil.rmtree(base, ignore_errors=True)
    seconds = time.monotonic() - start
    print('seed %s: %d trees in %.0f s (%.0f a second), %d with an answer, '
          '%d complaints' % (options.seed, done, seconds, done / max(seconds, .001),
                             known, bad))
    # A check that finds nothing to check fails.
    return bool(bad or not done or
                (options.only is None and known < done // 2))


if __name__ == '__main__':
    sys.exit(main())
