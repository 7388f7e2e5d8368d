# SPDX-License-Identifier: MIT
"""The slow answer: what libmymem must say about a tree of files.

A second, independent implementation of the contract: one pass over a frozen
machine, written for reading and not for speed.  It knows nothing of the
library's code; it prints what tests/fixtures/show.c prints.

A machine is a Tree: a dict of path -> content.  Text is held as latin-1, so
that a str is a sequence of bytes and no byte is refused.
"""
import os
import re
import sys
from typing import Any, Dict, List, Set

NO_LIMIT = 1 << 62        # from here on a number means "no limit"
# And v1 of 32-bit kernels: 2^31 - 1 pages.
NO_LIMIT_32 = [0x7fffffff << shift for shift in range(12, 17)]
SATURATED = (1 << 63) - 1
DEEP = 4                  # groups below a protected one that are looked at
BLANKS = ' \t\r\n'


class Word:
    def __init__(self, name):
        self.name = name

    def __repr__(self):
        return self.name


NONE: Any = Word('none')       # known not to exist: "no limit here"
UNKNOWN: Any = Word('unknown')
ABSENT: Any = Word('absent')   # what read() says of a file that is not there,
BROKEN: Any = Word('broken')   # and of one that cannot be read

FACTS = ['limit', 'available', 'used', 'reclaimable', 'high', 'swap_limit',
         'oom_kills', 'shmem', 'swap_used', 'swap_high']
SHOWN = ['limit', 'high', 'used', 'reclaimable', 'available', 'shmem',
         'swap_limit', 'swap_used']
FLAGS = ['hidden-ancestors', 'heuristic', 'partial', 'unverified',
         'no-cgroup', 'estimated', 'swap-estimated', 'virtual']
# What is read of /proc/meminfo about the machine.
MEMINFO = ['MemTotal', 'MemFree', 'MemAvailable', 'Active(file)', 'Inactive(file)',
           'KReclaimable', 'SReclaimable', 'Shmem', 'SwapTotal', 'SwapFree',
           'AnonHugePages', 'Hugetlb']
NEEDED = {'free', 'min', 'protection', 'file'}    # of a zone
# What is read of the meminfo of a node.
NODE = {'MemTotal', 'MemFree', 'Active(file)', 'Inactive(file)', 'KReclaimable',
        'SReclaimable', 'Shmem'}
LEVELS = ['none', 'low', 'medium', 'critical']


def known(value):
    return isinstance(value, int)


def plus(a, b):
    return min(a + b, SATURATED)


def share(claim, whole, claims):
    """A part of `whole` in proportion, to 31 bits."""
    if claims <= whole:
        return claim
    while claims >= 1 << 31:
        claims, claim = claims // 2, claim // 2
    return whole // claims * claim + whole % claims * claim // claims


def smallest(values):
    values = [v for v in values if known(v)]
    return min(values) if values else UNKNOWN


# ---------------------------------------------------------------------------
# Files
# ---------------------------------------------------------------------------

class Tree:
    """Files below a sysroot.  A directory where a file should be is a file
    that cannot be read."""

    def __init__(self, files):
        self.files = dict(files)
        self.children: Dict[str, Set[str]] = {'': set()}
        for path in self.files:
            parent, _, name = path.rpartition('/')
            while True:
                if parent in self.children:
                    self.children[parent].add(name)
                    break
                self.children[parent] = {name}
                parent, _, name = parent.rpartition('/')

    def read(self, path):
        path = plain(path)
        if path in self.files:
            return self.files[path].decode('latin-1')
        return BROKEN if path in self.children else ABSENT

    def exists(self, path):
        path = plain(path)
        return path in self.files or path in self.children

    def is_directory(self, path):
        return plain(path) in self.children

    def subdirectories(self, path):
        path = plain(path)
        for name in sorted(self.children.get(path, ())):
            below = join(path, name)
            if below in self.children:
                yield below


def components(path):
    return [c for c in path.split('/') if c not in ('', '.')]


def plain(path):
    return '/'.join(components(path))


def join(directory, name):
    return directory + '/' + name if directory else name


def load(sysroot):
    """The files of a sysroot, its symbolic links followed inside of it."""
    sysroot = os.path.realpath(os.fsencode(sysroot))
    files = {}

    def inside(path):
        if os.path.islink(path):
            target = os.readlink(path)
            base = sysroot if target.startswith(b'/') else os.path.dirname(path)
            return inside(os.path.normpath(base + b'/' + target.lstrip(b'/')))
        return path

    def visit(path, name):
        real = inside(path)
        if os.path.isdir(real):
            for entry in os.listdir(real):
                visit(real + b'/' + entry, join(name, entry.decode('latin-1')))
            if not os.listdir(real):
                files[join(name, '.keep')] = b''
        elif os.path.exists(real):
            with open(real, 'rb') as file:
                files[name] = file.read()

    for top in os.listdir(sysroot):
        if top not in (b'about', b'expect'):
            visit(sysroot + b'/' + top, top.decode('latin-1'))
    return files


# ---------------------------------------------------------------------------
# Values
# ---------------------------------------------------------------------------

def decimal(word):
    """A whole word of digits, or UNKNOWN."""
    if not re.fullmatch('[0-9]+', word):
        return UNKNOWN
    digits = word.lstrip('0') or '0'
    return SATURATED if len(digits) > 19 else min(int(digits), SATURATED)


def amount(text):
    word = text.strip(BLANKS)
    if word in ('max', '-1'):
        return NONE
    number = decimal(word)
    return NONE if known(number) and number >= NO_LIMIT else number


def words(text):
    return [word for word in re.split('[ \t\r\n]', text) if word]


def keys(text, unit=None):
    """`key value` or `key: value unit` lines.  The first line of a key counts;
    where it cannot be understood, the key is BROKEN."""
    found: Dict[str, Any] = {}
    for line in text.split('\n'):
        line = words(line)
        if not line:
            continue
        key, _, number = line.pop(0).partition(':')
        if number:
            line.insert(0, number)
        value = decimal(line[0]) if line else UNKNOWN
        if value is UNKNOWN or line[1:2] != ([unit] if unit else []):
            value = BROKEN
        found.setdefault(key, value)
    return found


def kilobytes(text):
    """The lines of meminfo and its like, in bytes."""
    return {key: min(value * 1024, SATURATED) if known(value) else value
            for key, value in keys(text, 'kB').items()}


def known_of(found, key):
    return found[key] if known(found.get(key)) else UNKNOWN


def ranges(text):
    """`0-2,5` as a set, or UNKNOWN."""
    numbers: Set[int] = set()
    text = (words(text) or [''])[0]
    for part in text.split(',') if text else []:
        match = re.fullmatch('([0-9]+)(?:-([0-9]+))?', part)
        if not match:
            return UNKNOWN
        first = int(match.group(1))
        last = int(match.group(2) or first)
        numbers.update(range(first, last + 1))
    return numbers


# ---------------------------------------------------------------------------
# The tables
# ---------------------------------------------------------------------------

class Name:
    """The name of a group relative to the root of the cgroup namespace: so
    many levels up, then names."""

    def __init__(self, path):
        names = components(path)
        self.up = 0
        while names and names[0] == '..':
            self.up += 1
            names.pop(0)
        self.names = names
        # The kernel prints no name in front of "..".
        self.sound = '..' not in names

    def below(self, root):
        """The names that lead here from root, or None."""
        count = len(root.names)
        if not self.sound or self.up != root.up or self.names[:count] != root.names:
            return None
        return self.names[count:]

    def certain_descendant(self, root):
        """Whether root is above, though the way from there is unknown."""
        return self.sound and root.up > self.up and not root.names


def own_groups(text):
    """The paths in /proc/self/cgroup: of v1's memory, of v2."""
    v1 = v2 = None
    for line in text.split('\n'):
        parts = line.rstrip('\r').split(':', 2)
        if len(parts) < 3 or not parts[2].startswith('/') or \
                '\0' in parts[2] or decimal(parts[0]) is UNKNOWN:
            continue
        if 'memory' in parts[1].split(','):
            v1 = v1 or parts[2]
        elif parts[0] == '0' and parts[1] == '':
            v2 = v2 or parts[2]
    return v1, v2


class Mount:
    def __init__(self, root, point, kind, options=None):
        self.root = Name(root)
        self.point = point
        self.kind = kind      # 1, 2, or 0 for all else
        # Where the options are not known, what promises less.
        self.recursive = options is None or 'memory_recursiveprot' in options


def unescape(text):
    return re.sub(r'\\([0-3][0-7][0-7])',
                  lambda match: chr(int(match.group(1), 8)), text)


def mount_table(text):
    """The mounts that can be seen, and where cgroup mounts are, seen or not."""
    mounts: Dict[str, Mount] = {}
    points = set()
    for line in text.split('\n'):
        line = line.rstrip('\r')
        fields = line.split(' ')
        if '-' not in fields[6:] or '' in fields[:6] or '\0' in line or \
                not re.fullmatch('[0-9]+ [0-9]+ [0-9]+:[0-9]+',
                                 ' '.join(fields[:3])):
            continue
        dash = fields.index('-', 6)
        tail = fields[dash + 1:]
        if len(tail) < 3 or not words(' '.join(tail[2:])):
            continue
        kind = 0
        if tail[0] == 'cgroup2':
            kind = 2
        elif tail[0] == 'cgroup' and 'memory' in words(' '.join(tail[2:]))[0].split(','):
            kind = 1
        point = unescape(fields[4])
        mounts.pop(point, None)     # the last one covers those before it
        mounts[point] = Mount(unescape(fields[3]), point, kind,
                              words(' '.join(tail[2:]))[0].split(','))
        if kind:
            points.add(point)
    return list(mounts.values()), points


# ---------------------------------------------------------------------------
# Places: which groups there are
# ---------------------------------------------------------------------------

class Places:
    def __init__(self):
        self.version = 0
        self.path = UNKNOWN     # as /proc/self/cgroup has it
        self.levels = []        # directories, own group first
        self.own = None         # the first of them, with or without memory
        self.dialect = 0        # and its version
        self.beside = None      # v1: the process's group in the tree of cgroup2
        self.root = False       # v2: the topmost is the machine's root group
        self.recursive = True   # v2: children share their parent's protection
        self.points = []        # of which mount each level is
        self.flags = set()


CONVENTIONAL = [(1, '/sys/fs/cgroup/memory', 'memory.limit_in_bytes',
                 'cgroup.procs'),
                (2, '/sys/fs/cgroup', 'memory.max', 'cgroup.controllers'),
                (2, '/sys/fs/cgroup/unified', 'memory.max',
                 'cgroup.controllers')]


def below_point(point, names):
    return '/'.join([point.rstrip('/')] + names) or '/'


def binds(tree, mount, directory):
    """Whether the limits of a group bind the groups below it.  Below a group
    that has use_hierarchy 1, each has it."""
    if mount.kind == 2:
        return True
    texts = [tree.read(at + '/memory.use_hierarchy')
             for at in (directory, mount.point)]
    own, top = [UNKNOWN if text in (ABSENT, BROKEN) else amount(text)
                for text in texts]
    return own != 0 or (known(top) and top > 0)


def walk_up(tree, mount, names, places):
    """The levels from a group up to the root of its mount, or to below a group
    that does not bind; False then.  Where the group's directory is gone, the
    nearest one above stands in."""
    while names and not tree.is_directory(below_point(mount.point, names)):
        places.flags.add('heuristic')
        names = names[:-1]
    places.levels.append(below_point(mount.point, names))
    places.points.append(mount.point)
    while names:
        names = names[:-1]
        directory = below_point(mount.point, names)
        if not binds(tree, mount, directory):
            return False
        places.levels.append(directory)
        places.points.append(mount.point)
    return True


def is_machine_root(tree, mount):
    if mount.kind == 1:
        return tree.exists(mount.point + '/cgroup.sane_behavior')
    return not (tree.exists(mount.point + '/cgroup.events') or
                tree.exists(mount.point + '/memory.max'))


def place_in_mounts(tree, mounts, path, places):
    if path is None:
        chosen, own, above = mounts[0], [], []
        places.flags.add('heuristic')
        # It may show any group's subtree.
        if chosen.kind == 1 and not is_machine_root(tree, chosen):
            places.flags |= {'partial', 'hidden-ancestors'}
            return
    else:
        name = Name(path)
        naming = [m for m in mounts if name.below(m.root) is not None]
        above = [m for m in mounts if name.certain_descendant(m.root)]
        above.sort(key=lambda m: m.root.up)
        if naming:
            # One that has the directory, then one that shows more above it.
            chosen = min(naming, key=lambda m: (
                not tree.is_directory(below_point(m.point, name.below(m.root))),
                len(m.root.names)))
            own = name.below(chosen.root)
        else:
            chosen, own = mounts[0], []
            if above and binds(tree, above[0], above[0].point):
                chosen = above.pop(0)
            else:
                above = []
            places.flags.add('heuristic')
    listed = walk_up(tree, chosen, own, places)
    top = chosen
    for mount in above:
        if mount.root.up == top.root.up:
            continue
        listed = listed and binds(tree, mount, mount.point)
        if not listed:
            break
        if top.root.names or mount.root.up > top.root.up + 1:
            places.flags.add('hidden-ancestors')
        places.levels.append(below_point(mount.point, []))
        places.points.append(mount.point)
        top = mount
    places.recursive = top.recursive
    if not is_machine_root(tree, top):
        places.flags.add('hidden-ancestors')
    # A directory without that file need not be a group at all.
    elif top.kind == 2:
        places.root = tree.exists(top.point + '/cgroup.controllers')


def group_beside(tree, mounts, path):
    """The directory of a group of cgroup2 that is not the machine's root."""
    if path is None:
        return None
    name = Name(path)
    naming = [m for m in mounts if name.below(m.root) is not None]
    if not naming:
        return None
    chosen = min(naming, key=lambda m: (
        not tree.is_directory(below_point(m.point, name.below(m.root))),
        len(m.root.names)))
    directory = below_point(chosen.point, name.below(chosen.root))
    return directory if tree.exists(directory + '/cgroup.events') else None


def has_memory(tree, places):
    """Whether v2's memory controller is on."""
    for level in places.levels:
        for name in ('memory.max', 'memory.high', 'memory.current',
                     'memory.stat', 'memory.swap.max', 'memory.swap.current',
                     'memory.swap.high'):
            if tree.exists(level + '/' + name):
                return True
    text = tree.read(places.levels[-1] + '/cgroup.controllers')
    return text in (ABSENT, BROKEN) or 'memory' in re.split('[ \t\r\n]', text)


def places_of(tree):
    places = Places()
    groups = tree.read('proc/self/cgroup')
    table = tree.read('proc/self/mountinfo')
    for text in (groups, table):
        if text is BROKEN:
            places.flags.add('partial')
    named = groups not in (ABSENT, BROKEN)
    paths = dict(zip((1, 2), own_groups(groups) if named else (None, None)))

    assumed = table in (ABSENT, BROKEN)
    points = set()
    if assumed:
        mounts = [Mount('/', point, version)
                  for version, point, limit, sign in CONVENTIONAL
                  if tree.exists(point + '/' + limit) or
                  tree.exists(point + '/' + sign)]
    else:
        mounts, points = mount_table(table)
    for version in (1, 2):
        visible = [m for m in mounts
                   if m.kind == version and tree.is_directory(m.point)]
        if visible and (paths[version] or not named):
            place_in_mounts(tree, visible, paths[version], places)
            places.version = version
            if version == 1:
                places.beside = group_beside(
                    tree, [m for m in mounts if m.kind == 2 and
                           tree.is_directory(m.point)], paths[2])
            if assumed:
                places.flags.add('heuristic')
            break
    if not places.version:
        plain_files(tree, places, points)
    if places.version:
        places.path = paths[places.version] or UNKNOWN
    if places.levels:
        places.own = places.levels[0]
        places.dialect = places.version
    if places.version == 2 and not has_memory(tree, places):
        places.version = 0
    if not places.version:
        places.path = UNKNOWN
        places.levels = []
        places.flags.add('no-cgroup')
    return places


def plain_files(tree, places, points):
    """What looks like a group.  What was put over a real one means nothing."""
    for version, point, limit, _ in CONVENTIONAL[:2]:
        if point not in points and tree.exists(point + '/' + limit):
            places.version = version
            places.levels = places.points = [point]
            places.flags |= {'heuristic', 'unverified'}
            if not is_machine_root(tree, Mount('/', point, version)):
                places.flags.add('hidden-ancestors')
            return


# ---------------------------------------------------------------------------
# Constraints
# ---------------------------------------------------------------------------

class Constraint:
    limit: Any
    used: Any
    reclaimable: Any
    available: Any
    shmem: Any
    swap_limit: Any
    swap_used: Any

    def __init__(self, kind, path):
        self.kind = kind
        self.path = path
        self.failed = set()
        for fact in SHOWN:
            setattr(self, fact, UNKNOWN)
        self.high = NONE
        self.swap_high = UNKNOWN
        # Whether to swap makes room under it.
        self.swaps = kind in ('cgroup', 'cgroup-hidden', 'numa', 'host')

    def line(self):
        facts = ' '.join('%s=%s' % (fact, getattr(self, fact))
                         for fact in SHOWN)
        failed = ','.join(f for f in FACTS if f in self.failed) or '-'
        return 'constraint %s %s failed=%s path=%s' % (self.kind, facts, failed,
                                                       self.path)


class Pass:
    """One pass over one tree."""

    def __init__(self, tree):
        self.tree = tree
        self.places = places_of(tree)
        self.flags = set(self.places.flags)
        self.oom_kills = UNKNOWN
        self.host_facts = self.read_meminfo()
        self.status = None
        self.constraints: List[Constraint] = []
        self.memsws: List[Constraint] = []
        for index in range(len(self.places.levels)):
            self.constraints.append(self.read_group(index))
        if self.constraints and self.places.root:
            self.lack_limits(self.constraints[-1])
        self.constraints += self.memsws
        self.read_hidden()
        for constraint in self.read_rlimits():
            self.add(constraint)
        self.add(self.read_commit())
        self.add(self.read_numa())
        self.add(self.read_host())
        self.read_swap()
        self.read_psi()
        if any(c.failed for c in self.constraints):
            self.flags.add('partial')

    def add(self, constraint):
        if constraint:
            self.constraints.append(constraint)

    def partial(self):
        self.flags.add('partial')

    # -- groups

    def fact(self, constraint, fact, path, limit=False):
        """A fact that has a file of its own."""
        text = self.tree.read(path)
        if text is ABSENT:
            return UNKNOWN
        value = UNKNOWN if text is BROKEN else amount(text)
        if limit and self.places.version == 1 and value in NO_LIMIT_32:
            value = NONE
        if value is UNKNOWN or (value is NONE and not limit):
            constraint.failed.add(fact)
            return UNKNOWN
        return value

    def key(self, constraint, fact, found, key):
        """A fact that has a line of its own."""
        if found.get(key) is BROKEN:
            constraint.failed.add(fact)
        return known_of(found, key)

    def reclaimable_of(self, version, found):
        if version == 2:
            names = ['active_file', 'inactive_file', 'slab_reclaimable']
        else:
            names = ['total_active_file', 'total_inactive_file']
        values = [found.get(name, 0) for name in names]
        if version == 2 and known(values[2]) and self.slab_kept():
            values[2] = 0
        if BROKEN in values or (names[0] not in found and
                                names[1] not in found):
            return UNKNOWN
        return min(sum(values), SATURATED)

    def read_group(self, index):
        version, level = self.places.version, self.places.levels[index]
        c = Constraint('cgroup', level)
        if version == 2:
            c.limit = self.fact(c, 'limit', level + '/memory.max', True)
            c.high = self.fact(c, 'high', level + '/memory.high', True)
            c.used = self.fact(c, 'used', level + '/memory.current')
        else:
            c.limit = self.fact(c, 'limit', level + '/memory.limit_in_bytes', True)
            c.used = self.fact(c, 'used', level + '/memory.usage_in_bytes')
        bounded = known(c.limit) or known(c.high)

        text = self.tree.read(level + '/memory.stat')
        if text is BROKEN:
            c.failed |= {'reclaimable', 'shmem'}
        elif text is ABSENT:
            if bounded:
                c.failed.add('reclaimable')
        else:
            found = keys(text)
            c.reclaimable = self.reclaimable_of(version, found)
            c.shmem = self.key(c, 'shmem', found,
                               'shmem' if version == 2 else 'total_shmem')
            if c.reclaimable is UNKNOWN:
                c.failed.add('reclaimable')
            elif version == 2 and bounded:
                c.reclaimable = max(0, c.reclaimable - self.protected(index, c))

        if version == 2:
            c.swap_limit = self.fact(c, 'swap_limit', level + '/memory.swap.max',
                                     True)
            c.swap_used = self.fact(c, 'swap_used', level + '/memory.swap.current')
            c.swap_high = self.fact(c, 'swap_high', level + '/memory.swap.high',
                                    True)
        else:
            self.read_memsw(c, level)

        if bounded and c.used is UNKNOWN:
            c.failed.add('used')
        ceiling = smallest([c.limit, c.high])
        throttled = known(c.swap_high) and known(c.swap_used) and \
            c.swap_used > c.swap_high
        if throttled:
            c.available = 0     # every allocation waits
        elif c.limit is NONE and not known(c.high) and 'high' not in c.failed:
            c.available = NONE
        elif known(ceiling) and known(c.used):
            back = min(c.reclaimable, c.used) if known(c.reclaimable) else 0
            c.available = max(0, ceiling - c.used + back)
        if known(c.available) and known(ceiling) and \
                self.late(c, level) > max(4 << 20, ceiling // 50):
            self.flags.add('estimated')
            c.reclaimable -= min(self.late(c, level), self.pinned())
            if not throttled:
                c.available = max(0, ceiling - c.used + min(c.reclaimable, c.used))
        if known(c.available) and known(ceiling) and \
                self.executed(c, level) > max(4 << 20, ceiling // 50) and \
                not self.generations():
            self.flags.add('estimated')
        if index == 0:
            self.read_oom_kills(c, level)
        return c

    def pinned(self):
        """What sockets use of them."""
        text = self.tree.read('proc/net/sockstat')
        for line in [] if text in (ABSENT, BROKEN) else text.split('\n'):
            if words(line)[:2] == ['sockets:', 'used']:
                count = decimal((words(line) + [''] * 3)[2])
                if known(count) and count:
                    return min(count, SATURATED // 1024) * 1024
                if not known(count):
                    return 0
        return 0

    def lack_limits(self, c):
        """The machine's root group has no files for what it cannot have."""
        for fact in ('limit', 'high', 'available', 'swap_limit'):
            if getattr(c, fact) is UNKNOWN and fact not in c.failed:
                setattr(c, fact, NONE)

    def late(self, c, level):
        """What of the reclaimable memory is slab, which is freed late."""
        text = self.tree.read(level + '/memory.stat')
        if self.places.version == 1 or text in (ABSENT, BROKEN) or \
                not known(c.reclaimable):
            return 0
        slab = known_of(keys(text), 'slab_reclaimable')
        if self.slab_kept():
            slab = 0
        return min(slab, c.reclaimable) if known(slab) else 0

    def executed(self, c, level):
        """What of the reclaimable memory may be executed all the time."""
        text = self.tree.read(level + '/memory.stat')
        if text in (ABSENT, BROKEN) or not known(c.reclaimable):
            return 0
        mapped = known_of(keys(text), 'file_mapped' if self.places.version == 2
                          else 'total_mapped_file')
        return min(mapped, c.reclaimable) if known(mapped) else 0

    def read_memsw(self, c, level):
        """v1 limits memory and swap together, never below memory alone; what is
        beyond that is the limit of swap."""
        both = self.fact(c, 'swap_limit', level + '/memory.memsw.limit_in_bytes',
                         True) if c.limit is not NONE else NONE
        used = self.fact(c, 'swap_used', level + '/memory.memsw.usage_in_bytes')
        if known(used):
            if known(c.used):
                c.swap_used = max(0, used - c.used)
            elif 'used' in c.failed:
                c.failed.add('swap_used')
        if both is NONE:
            c.swap_limit = NONE
        if not known(both):
            return
        if known(c.limit):
            c.swap_limit = max(0, both - c.limit)
        elif 'limit' in c.failed:
            c.failed.add('swap_limit')
        sum_ = Constraint('cgroup-memsw', level)
        sum_.limit, sum_.used = both, used
        sum_.reclaimable, sum_.shmem = c.reclaimable, c.shmem
        for fact in ('used', 'reclaimable'):
            if not known(getattr(sum_, fact)):
                sum_.failed.add(fact)
        if known(used):
            back = min(c.reclaimable, used) if known(c.reclaimable) else 0
            sum_.available = max(0, both - used + back)
            # Not read at one moment: this is no swap.
            if known(c.used) and self.swapped(level) == 0 and \
                    0 < used - c.used <= 4 << 20:
                sum_.available = min(sum_.available + used - c.used, both)
        self.memsws.append(sum_)

    def swapped(self, level):
        text = self.tree.read(level + '/memory.stat')
        return UNKNOWN if text in (ABSENT, BROKEN) else \
            known_of(keys(text), 'total_swap')

    # -- memory.min

    def minimum(self, group):
        """memory.min, and whether it is known; else it may be anything."""
        text = self.tree.read(group + '/memory.min')
        value = 0 if text is ABSENT else UNKNOWN if text is BROKEN else \
            amount(text)
        if known(value) or value is NONE:
            return SATURATED if value is NONE else value, True
        self.partial()
        return SATURATED, False

    def usage(self, group):
        """memory.current, what of it could be reclaimed, and whether that is
        known; None for a group that is gone."""
        text = self.tree.read(group + '/memory.current')
        if text is ABSENT:
            return None
        used = UNKNOWN if text is BROKEN else amount(text)
        if not known(used):
            self.partial()
            return SATURATED, SATURATED, False
        text = self.tree.read(group + '/memory.stat')
        if text is ABSENT:
            return None
        back = UNKNOWN if text is BROKEN else self.reclaimable_of(2, keys(text))
        if not known(back):
            self.partial()
            return used, used, False
        # Both were not read at the same moment.
        return used, min(used, back), True

    def way_from(self, index):
        """The names from a level to the process's group: of one mount only."""
        levels, points = self.places.levels, self.places.points
        if points[index] != points[0]:
            return []
        return components(levels[0])[len(components(levels[index])):]

    def protected(self, index, c):
        """What reclaim leaves the groups below one that is at its limit."""
        level = self.places.levels[index]
        if not known(c.used):
            return self.kept_below(level, None, c.reclaimable, None, 0)[0]
        bound = smallest([c.limit, c.high])
        return self.kept_below(
            level, None, max(0, c.reclaimable - max(0, c.used - bound)),
            self.way_from(index), max(0, bound - c.used))[0]

    def kept_below(self, group, safe, back, way, growth, deep=DEEP):
        """Of its children (None: unknown), and all they have; the group that
        reclaims has no `safe`.  `growth`: what the process gets while this group keeps all."""
        children, claims, kept = [], 0, 0
        for child in self.tree.subdirectories(group):
            minimum, certain = self.minimum(child)
            if not minimum and (safe is None or self.places.recursive):
                continue
            if not certain and safe is not None:
                return None, 0
            ours = bool(way) and child.split('/')[-1] == way[0]
            use = self.usage(child)
            if not use:
                # It claims its part until its last file is gone.
                used = self.tree.read(child + '/memory.current')
                if used is not ABSENT:
                    claims = plus(claims, min(minimum, plus(
                        amount(used), growth if ours else 0)))
                continue
            used, can, complete = use
            if not complete and safe is None:
                kept += min(minimum, used)
                continue
            if not complete:
                return None, 0
            claim = min(minimum, plus(used, growth if ours else 0))
            claims = plus(claims, claim)
            children.append((child, claim, use, ours))
        inside = sum(use[1] for _, _, use, _ in children)
        own = None
        for child, claim, (used, can, _), ours in children:
            claim = claim if safe is None else share(claim, safe, claims)
            if ours:
                own = child, claim, used, can
            else:
                kept += self.keep(child, claim, used, can, None, 0, deep)
        if own:
            child, claim, used, can = own
            rest = 0
            if safe is not None and not self.places.recursive and \
                    plus(self.usage(group)[0], growth) <= safe:
                rest = max(0, back - inside)
            taken = max(0, max(0, back - can) - kept - rest)
            kept += self.keep(child, claim, used, can, way[1:],
                              plus(growth, taken), deep)
        return kept, inside

    def keep(self, group, safe, used, back, way, growth, deep):
        """What a group keeps of `back`, if reclaim stops at `safe`.  The group
        that we grow in keeps all of it, or nothing."""
        def alone(used_now, back):
            if way is None:
                return back - min(back, max(0, used_now - safe))
            return back if plus(used, growth) <= safe else 0

        recursive = self.places.recursive
        if not safe:
            return 0
        if recursive and alone(used, back) == back:
            return back
        most = min(safe, back)
        if not deep:
            return most
        kept, inside = self.kept_below(group, safe, back, way, growth, deep - 1)
        if kept is None or kept > most:
            return most
        if recursive:
            return max(kept, alone(used, back))
        return kept + alone(max(0, used - max(0, inside - kept)),
                            max(0, back - inside))

    def least_of(self, facts, c):
        """What the machine has whoever is protected: what is free, but for what
        is left out of all that could be had, twice, and some for what the numbers
        are not of one moment."""
        if not known(c.limit) or not known(c.used) or \
                not {'Active(file)', 'Inactive(file)'} <= set(facts) or \
                not {'KReclaimable', 'SReclaimable'} & set(facts):
            return 0
        file, slab = self.file_and_slab(facts)
        missing = max(0, facts['MemFree'] + file + slab - c.available)
        return max(0, c.limit - c.used - 2 * missing - c.limit // 64)

    def leave_machine(self, c, least):
        """What the machine cannot take from the groups."""
        others = smallest([o.available for o in self.constraints])
        if self.places.version != 2 or not self.places.levels or \
                (known(others) and others <= least):
            return 0
        top = self.places.levels[-1]
        way = self.way_from(-1)
        if self.places.root:
            return self.kept_below(top, None, c.available, way, 0)[0]
        minimum, _ = self.minimum(top)
        use = minimum and self.usage(top)
        if not use:
            return 0
        if not use[2]:
            return min(minimum, use[0])
        growth = max(0, c.available - use[1])
        return self.keep(top, min(minimum, plus(use[0], growth)), use[0],
                         use[1], way, growth, DEEP)

    def read_oom_kills(self, c, level):
        name = 'memory.events' if self.places.version == 2 else \
            'memory.oom_control'
        text = self.tree.read(level + '/' + name)
        if text is BROKEN:
            c.failed.add('oom_kills')
        elif text is not ABSENT:
            self.oom_kills = self.key(c, 'oom_kills', keys(text), 'oom_kill')

    def read_hidden(self):
        """v1: limits that bind from above what is visible."""
        if self.places.version != 1 or not self.places.levels:
            return
        own = self.constraints[0]
        path = own.path + '/memory.stat'
        text = self.tree.read(path)
        if text in (ABSENT, BROKEN):
            return
        usage = self.tree.read(own.path + '/memory.memsw.usage_in_bytes')
        usage = UNKNOWN if usage in (ABSENT, BROKEN) else amount(usage)
        groups = [c for c in self.constraints if c.kind == 'cgroup']
        for key, visible, used in (
                ('hierarchical_memory_limit', groups, own.used),
                ('hierarchical_memsw_limit', self.memsws, usage)):
            limit = known_of(keys(text), key)
            bound = smallest([c.limit for c in visible] + [NO_LIMIT])
            if not known(limit) or limit >= bound or limit in NO_LIMIT_32:
                continue
            c = Constraint('cgroup-hidden', path)
            c.limit = limit
            c.used = used if known(used) else UNKNOWN
            c.reclaimable, c.shmem = own.reclaimable, own.shmem
            c.swaps = visible is groups
            if known(c.used):
                back = min(c.reclaimable, c.used) if known(c.reclaimable) else 0
                c.available = max(0, limit - c.used + back)
            else:
                c.failed.add('used')
                self.partial()
            self.constraints.append(c)

    # -- the process

    def process(self):
        """Sizes and rights of the process; asked for only when needed."""
        if self.status is None:
            text = self.tree.read('proc/self/status')
            if text in (ABSENT, BROKEN):
                self.partial()
                text = ''
            self.status = text
        return self.status

    def process_line(self, key):
        for line in self.process().split('\n'):
            if line.startswith(key + ':'):
                return line[len(key) + 1:].strip(BLANKS)
        return None

    def process_size(self, key):
        return known_of(kilobytes(self.process()), key)

    def read_rlimits(self):
        text = self.tree.read('proc/self/limits')
        if text in (ABSENT, BROKEN):
            self.partial()
            return
        for kind, title, key in (('rlimit-as', 'Max address space', 'VmSize'),
                                 ('rlimit-data', 'Max data size', 'VmData')):
            limit = self.rlimit(text, title, 0)
            if kind == 'rlimit-data' and limit == 0:
                limit = self.rlimit(text, title, 1)
            if limit is UNKNOWN:
                self.partial()
            if not known(limit) or kind == 'rlimit-data' and self.data_is_free():
                continue
            c = Constraint(kind, '/proc/self/limits')
            c.limit = limit
            c.used = self.process_size(key)
            if known(c.used):
                c.available = max(0, limit - c.used)
            else:
                c.failed.add('used')
            yield c

    def rlimit(self, text, title, column):
        for line in text.split('\n'):
            if line.startswith(title + ' '):
                columns = words(line[len(title):])[column:]
                if columns and columns[0] == 'unlimited':
                    return NONE
                value = amount(columns[0]) if columns else UNKNOWN
                return value
        return UNKNOWN

    def data_is_free(self):
        """Kernels that do not hold mmap() to RLIMIT_DATA."""
        release = re.match(r'([0-9]+)\.([0-9]+)', self.first_word(
            'proc/sys/kernel/osrelease'))
        if release and tuple(map(int, release.groups())) < (4, 7):
            return True
        return self.first_word(
            'sys/module/kernel/parameters/ignore_rlimit_data') == 'Y'

    def read_commit(self):
        path = '/proc/sys/vm/overcommit_memory'
        text = self.tree.read(path)
        mode = UNKNOWN if text in (ABSENT, BROKEN) else amount(text)
        if not known(mode):
            self.partial()
        if mode != 2:
            return None
        c = Constraint('commit', path)
        facts = self.host_facts
        c.limit = known_of(facts, 'CommitLimit')
        c.used = known_of(facts, 'Committed_AS')
        for fact in ('limit', 'used'):
            if getattr(c, fact) is UNKNOWN:
                c.failed.add(fact)
        size = self.process_size('VmSize')
        if not known(size):
            self.partial()
        if known(c.limit) and known(c.used):
            admin = 0 if self.is_admin() else self.reserve(c, 'admin', 8192)
            user = self.reserve(c, 'user', 131072)
            room = c.limit - c.used - admin
            # The less is left, the larger the process is.
            shared = (32 * room - size) // 33 if known(size) else 0
            c.available = max(0, room - user, shared)
        return c

    def is_admin(self):
        rights = self.process_line('CapEff')
        text = self.tree.read('proc/self/uid_map')
        if not rights or not re.fullmatch('[0-9a-fA-F]+', rights):
            return False
        return bool(int(rights, 16) & (1 << 21)) and \
            text not in (ABSENT, BROKEN) and \
            words(text)[:3] == ['0', '0', '4294967295']

    def reserve(self, c, who, default):
        text = self.tree.read('proc/sys/vm/%s_reserve_kbytes' % who)
        value = UNKNOWN if text in (ABSENT, BROKEN) else amount(text)
        if value is UNKNOWN and text is not ABSENT:
            c.failed.add('available')
        return (value if known(value) else default) * 1024

    # -- the machine

    def read_meminfo(self):
        text = self.tree.read('proc/meminfo')
        facts = {}
        if text in (ABSENT, BROKEN):
            self.partial()
        else:
            facts = self.plausible(kilobytes(text))
        self.host_total = known_of(facts, 'MemTotal')
        if not known(self.host_total):
            self.partial()
        return facts

    def plausible(self, found):
        """Not what no machine has, nor a part above the whole."""
        doubtful = {key for key, value in found.items() if key in MEMINFO and
                    (value is BROKEN or value > 1 << 50)}
        facts = {key: value for key, value in found.items()
                 if known(value) and key not in doubtful}
        for part in MEMINFO:
            whole = 'SwapTotal' if part == 'SwapFree' else 'MemTotal'
            if part in ('MemAvailable', 'SwapTotal'):
                continue
            if part in facts and whole in facts and facts[part] > facts[whole]:
                doubtful.add(part)
                del facts[part]
        if doubtful:
            self.partial()
        return facts

    def zones(self):
        """Of each zone of /proc/zoneinfo the node, what it has and what is kept
        back of it, in pages."""
        text = self.tree.read('proc/zoneinfo')
        zones: List[Any] = []
        if text is BROKEN:
            self.row.failed.add('available')
            self.partial()
        if text in (ABSENT, BROKEN):
            return zones
        zone = {}
        for line in text.split('\n'):
            match = re.match('Node +([0-9]+), zone', line)
            if match:
                zone = {'node': int(match.group(1)), 'lists': 0}
                zones.append(zone)
                continue
            match = re.fullmatch('[ \t]+(?:pages )?(free|boost|min|low|high|managed)'
                                 '[ \t]+([0-9]+)[ \t\r]*', line)
            if match:
                zone.setdefault(match.group(1), int(match.group(2)))
            # What stands before the free pages is the node's.
            match = re.fullmatch('[ \t]+nr_(?:zone_)?(?:in)?active_file[ \t]+'
                                 '([0-9]+)[ \t\r]*', line)
            if match and 'free' in zone:
                zone['file'] = zone.get('file', 0) + int(match.group(1))
            match = re.fullmatch('[ \t]+(batch:|nr_free_cma)[ \t]+([0-9]+)[ \t\r]*',
                                 line)
            if match:
                zone.setdefault(match.group(1), int(match.group(2)))
            match = re.fullmatch('[ \t]+count:[ \t]+([0-9]+)[ \t\r]*', line)
            if match and zone:
                zone['lists'] += int(match.group(1))
            match = re.match(r'[ \t]+protection: \(([0-9, ]*)\)?', line)
            if match:
                zone.setdefault('protection', max(
                    [int(n) for n in re.findall('[0-9]+', match.group(1))] + [0]))
        return zones

    def page_size(self, zones):
        """The kernel does not say, but MemTotal is all managed pages."""
        managed = sum(z.get('managed', 0) for z in zones)
        size = 4096
        while managed and known(self.host_total) and size < 1 << 20 and \
                self.host_total / managed >= size * 1.5:
            size *= 2
        return size

    def memavailable(self, facts, nodes=None):
        """si_mem_available() of the kernel."""
        zones = self.zones()
        page = self.page_size(zones)
        managed = sum(z.get('managed', 0) for z in zones)
        if nodes is not None:
            zones = [z for z in zones if z['node'] in nodes]
        low = reserve = 0
        for zone in zones:
            low += zone.get('low', 0) * page
            reserve += min(zone.get('managed', 0), zone.get('protection', 0) +
                           zone.get('high', 0)) * page
        if not managed:
            low, reserve = SATURATED, 0
        file, slab = self.file_and_slab(facts)
        return max(0, facts.get('MemFree', 0) + file - min(file // 2, low) +
                   slab - min(slab // 2, low) - reserve)

    def file_and_slab(self, facts):
        return (facts.get('Active(file)', 0) + facts.get('Inactive(file)', 0),
                facts.get('KReclaimable', facts.get('SReclaimable', 0)))

    def slab_given(self, slab, low):
        """As large a share as of the dentries is unused."""
        if self.slab_kept():
            return 0
        text = self.tree.read('proc/sys/fs/dentry-state')
        counts = [] if text in (ABSENT, BROKEN) else words(text)[:2]
        counts = [decimal(word) for word in counts]
        if len(counts) == 2 and UNKNOWN not in counts and \
                0 < counts[0] < 1 << 31 and counts[1] <= counts[0]:
            return slab * counts[1] // counts[0]
        return max(0, slab - low)

    def allocator(self, slab, nodes=None):
        """What the page allocator can give of all zones, or of those of some
        nodes; UNKNOWN where the zones are not all, or another machine's."""
        zones = self.zones()
        page = self.page_size(zones)
        managed = sum(z.get('managed', 0) for z in zones)
        if not managed or not known(self.host_total) or \
                self.host_total // page != managed:
            return UNKNOWN
        if nodes is not None:
            zones = [z for z in zones if z['node'] in nodes]
        usable = file = lists = refill = cma = 0
        for zone in zones:
            if zone.get('managed', 0) and not NEEDED <= set(zone):
                return UNKNOWN
            kept = max(0, zone.get('min', 0) - zone.get('boost', 0)) + \
                zone.get('protection', 0)
            usable += max(0, zone.get('free', 0) + zone.get('file', 0) - kept)
            file += zone.get('file', 0)
            lists += zone['lists']
            refill += zone.get('batch:', 0) * 32
            cma += min(kept, zone.get('nr_free_cma', 0))
        if usable > managed or lists > managed:
            return UNKNOWN
        low = sum(zone.get('low', 0) for zone in zones) * page
        # The CPUs' lists are emptied where reclaim finds something, but for
        # what our own took last.  CMA is left over when page tables run out.
        usable = max(0, usable - max(refill, cma))
        if file * page >= 2 << 20:
            usable += lists
        return usable * page + self.slab_given(slab, low)

    def slab_kept(self):
        text = self.tree.read('proc/sys/vm/vfs_cache_pressure')
        return text not in (ABSENT, BROKEN) and amount(text) == 0

    def read_host(self):
        facts = self.host_facts
        c = self.row = Constraint('host', '/proc/meminfo')
        free = facts.get('MemFree', UNKNOWN)
        c.limit = self.host_total
        if known(c.limit):
            c.limit -= facts.get('Hugetlb', 0)      # no RAM for anybody else
        c.available = facts.get('MemAvailable', UNKNOWN)
        if known(free) and (c.available is UNKNOWN or (c.available == 0 and free)):
            c.available = self.memavailable(facts)
            self.flags.add('estimated')
        if known(c.limit) and known(c.available):
            c.available = min(c.available, c.limit)
        self.host_available = c.available
        if known(c.available):
            c.available = self.host_gives(c, facts)
            cache, _ = self.file_and_slab(facts)
            others = smallest([x.available for x in self.constraints])
            if cache > max(8 << 20, known(c.limit) and c.limit // 50) and \
                    (not known(others) or others > max(0, c.available - cache)) \
                    and self.time_to_live():
                self.flags.add('estimated')
        if known(c.limit) and known(free):
            c.used = max(0, c.limit - free)
        if known(c.available) and known(free):
            c.reclaimable = max(0, c.available - free)
        c.shmem = facts.get('Shmem', UNKNOWN)
        c.swap_limit = facts.get('SwapTotal', UNKNOWN)
        if known(c.swap_limit) and 'SwapFree' in facts:
            c.swap_used = max(0, c.swap_limit - facts['SwapFree'])
        for fact in ('limit', 'available'):
            if getattr(c, fact) is UNKNOWN:
                c.failed.add(fact)
        if known(c.available):
            least = self.least_of(facts, c)
            kept = min(self.leave_machine(c, least), max(0, c.available - least))
            c.available -= kept
            if known(c.reclaimable):
                c.reclaimable = max(0, c.reclaimable - kept)
        return c

    def host_gives(self, c, facts):
        """MemAvailable, or what the page allocator can give where that may be
        the answer and may be another number."""
        said = c.available
        file, slab = self.file_and_slab(facts)
        missing = SATURATED
        if {'MemFree', 'Active(file)', 'Inactive(file)'} <= set(facts) and \
                ('KReclaimable' in facts or 'SReclaimable' in facts):
            parts = facts['MemFree'] + file + slab
            if said - parts > max(known(c.limit) and c.limit // 50, 8 << 20):
                said = parts
            missing = max(0, parts - said)
        others = smallest([x.available for x in self.constraints])
        if known(others) and others <= max(0, said - slab):
            return said
        if self.slab_kept():
            said = max(0, said - slab)
        if known(c.limit) and c.limit >= 4 << 30 and missing <= c.limit // 32:
            return said
        gives = self.allocator(slab)
        return min(gives, c.limit) if known(gives) else said

    def node_facts(self, text, node):
        """Not what no node has, nor a part above the whole."""
        start = 'Node %d ' % node
        lines = [line[len(start):] for line in text.split('\n')
                 if line.startswith(start)]
        facts = kilobytes('\n'.join(lines))
        doubtful = {key for key in NODE & set(facts)
                    if facts[key] is BROKEN or facts[key] > 1 << 50}
        whole = facts.get('MemTotal') if 'MemTotal' not in doubtful else None
        if whole is not None:
            doubtful |= {key for key in NODE & set(facts) - doubtful
                         if facts[key] > whole}
        if doubtful:
            self.partial()
        return {key: value for key, value in facts.items()
                if known(value) and key not in doubtful}

    def read_numa(self):
        with_memory = UNKNOWN
        for name in ('has_memory', 'has_normal_memory', 'online'):
            text = self.tree.read('sys/devices/system/node/' + name)
            if text is ABSENT:
                continue
            if text is not BROKEN:
                with_memory = ranges(text)
            if with_memory is not UNKNOWN and with_memory:
                break
            with_memory = UNKNOWN
            self.partial()
        # One node cannot be left out.
        if with_memory is UNKNOWN or len(with_memory) < 2:
            return None
        allowed = self.process_line('Mems_allowed_list')
        allowed = UNKNOWN if allowed is None else ranges(allowed)
        if allowed is UNKNOWN:
            self.partial()
            allowed = with_memory
        nodes, path = with_memory, None
        for some, source in ((allowed, '/proc/self/status'),
                             (self.bound_nodes(), '/proc/self/numa_maps')):
            if some is not None and nodes & some and nodes & some != nodes:
                nodes, path = nodes & some, source
        if not path:
            return None
        c = self.row = Constraint('numa', path)
        total: Dict[str, Any] = {}
        shmem_known = True
        for node in sorted(nodes):
            text = self.tree.read('sys/devices/system/node/node%d/meminfo' % node)
            facts = {} if text in (ABSENT, BROKEN) else \
                self.node_facts(text, node)
            if 'MemTotal' not in facts or 'MemFree' not in facts:
                c.failed |= {'limit', 'available'}
                return c
            if 'KReclaimable' not in facts:
                facts['KReclaimable'] = facts.get('SReclaimable', 0)
            shmem_known = shmem_known and 'Shmem' in facts
            for key, value in facts.items():
                total[key] = total.get(key, 0) + value
        c.limit = total.get('MemTotal', 0)
        free = total.get('MemFree', 0)
        c.used = max(0, c.limit - free)
        _, slab = self.file_and_slab(total)
        gives = self.allocator(slab, nodes)
        if gives is UNKNOWN:
            if self.slab_kept():
                total['KReclaimable'] = 0
            gives = self.memavailable(dict(total, MemFree=free), nodes)
        c.available = min(gives, c.limit)
        c.reclaimable = max(0, c.available - free)
        c.shmem = total.get('Shmem', 0) if shmem_known else UNKNOWN
        return c

    def bound_nodes(self):
        """The nodes of an MPOL_BIND policy: of the stack, else of what the
        process has mapped first; or None."""
        text = self.tree.read('proc/self/numa_maps')
        if text is ABSENT:
            return None
        if text is BROKEN:
            self.partial()
            return None
        lines = [words(line) for line in text.split('\n')]
        if not lines[-1]:
            lines.pop()
        stacks = [line for line in lines if 'stack' in line]
        for line in stacks[:1] or lines[:1]:
            mode, _, list_of = (line + ['', ''])[1].partition(':')
            if mode.partition('=')[0] == 'bind':
                nodes = ranges(list_of)
                if nodes is UNKNOWN:
                    self.partial()
                    return None
                return nodes
        return None

    # -- swap

    def swap_left(self):
        """What the accounts leave."""
        return smallest([max(0, smallest([c.swap_limit, c.swap_high]) - c.swap_used)
                         for c in self.constraints if known(c.swap_used) and
                         (known(c.swap_limit) or known(c.swap_high))])

    def setting(self, path, default):
        text = self.tree.read(path)
        if text is ABSENT:
            return default
        value = UNKNOWN if text is BROKEN else amount(text)
        if value is UNKNOWN:
            self.partial()
        return value if known(value) else default

    def first_word(self, path):
        text = self.tree.read(path)
        if text is BROKEN:
            self.partial()
        return '' if text in (ABSENT, BROKEN) else (words(text) or [''])[0]

    def generations(self):
        """Whether the multi-generational LRU is on."""
        match = re.fullmatch('0x([0-9a-f]{1,16})', self.first_word(
            'sys/kernel/mm/lru_gen/enabled'))
        return bool(match and int(match.group(1), 16) & 1)

    def time_to_live(self):
        """Whether it keeps what was used lately."""
        text = self.tree.read('sys/kernel/mm/lru_gen/min_ttl_ms')
        ms = 0 if text in (ABSENT, BROKEN) else amount(text)
        return known(ms) and ms > 0 and self.generations()

    def read_swap(self):
        """Where reclaim does not swap, and where that is no gain."""
        self.swap_in_memory = False
        if self.swap_left() in (0, UNKNOWN):
            return
        own = self.places.levels[:1]
        if own and self.places.version == 1:
            swappiness = self.setting(own[0] + '/memory.swappiness', 1)
        else:
            swappiness = self.setting('proc/sys/vm/swappiness', 1)
        if swappiness == 0:
            everywhere = self.generations()
            for c in self.constraints:
                if everywhere or c.kind in ('cgroup', 'cgroup-hidden'):
                    c.swaps = False
        zswap = self.first_word('sys/module/zswap/parameters/enabled') == 'Y'
        if self.places.version == 2:
            device, pool = True, zswap
            for level in self.places.levels:
                if not self.setting(level + '/memory.zswap.writeback', 1):
                    device = False
                    break
            for level in [] if device or not zswap else self.places.levels:
                most = self.setting(level + '/memory.zswap.max', SATURATED)
                if most < SATURATED and most <= self.setting(
                        level + '/memory.zswap.current', 0):
                    pool = False
                    break
            if not device and not pool:
                for c in self.constraints:
                    c.swaps = False
        swaps = self.tree.read('proc/swaps')
        if swaps is BROKEN and not zswap:
            self.partial()
        self.swap_in_memory = zswap or swaps not in (ABSENT, BROKEN) and any(
            line.startswith('/dev/zram') for line in swaps.split('\n'))

    def swap_available(self, available):
        left = self.swap_left()
        if not known(left) or not known(available):
            return left
        most = smallest([c.available + (left if c.swaps else 0)
                         for c in self.constraints if known(c.available)])
        return min(left, max(0, most - available))

    # -- pressure

    def read_stalls(self, path):
        """Of one file, or None."""
        text = self.tree.read(path)
        if text is ABSENT:
            return None
        found = {} if text is BROKEN else stalls(text)
        if not found:
            self.partial()
            return None
        return dict({'some': UNKNOWN, 'full': UNKNOWN}, **found)

    def read_psi(self):
        """A list of (stalls, scope): the process's group's, the worst of limited
        groups above; the machine's if there is neither."""
        self.psi = []
        # Groups of v1 have none.
        own = self.places.own if self.places.dialect == 2 else self.places.beside
        found = own and self.read_stalls(own + '/memory.pressure')
        if found:
            self.psi.append((found, 'cgroup'))
        if self.places.dialect == 2:
            above = [self.read_stalls(c.path + '/memory.pressure')
                     for c in self.constraints
                     if c.kind == 'cgroup' and c.path != self.places.own and
                     (known(c.limit) or known(c.high))]
            above = [f for f in above if f]
            if above:
                zero = lambda v: v if known(v) else 0
                self.psi.append((max(above, key=lambda f: (
                    zero(f['full']), zero(f['some']))), 'above'))
        if not self.psi:
            found = self.read_stalls('proc/pressure/memory')
            if found:
                self.psi.append((found, 'host'))

    # -- the answer

    def text(self):
        lines = []
        cs = self.constraints

        def binding(fact):
            order = cs[-1:] + cs[:-1] if cs and cs[-1].kind == 'host' else cs
            with_fact = [c for c in order if known(getattr(c, fact))]
            return min(with_fact, key=lambda c: getattr(c, fact)) \
                if with_fact else None

        def show(name, value, by=None):
            tail = ' by %s %s' % (by.kind, by.path) if known(value) and by else ''
            lines.append('%s %s%s' % (name, value, tail))

        limit_by = binding('limit')
        limit = limit_by.limit if limit_by else UNKNOWN
        available_by = binding('available')
        available = available_by.available if available_by else UNKNOWN
        if known(available) and known(limit) and available > limit:
            available, available_by = limit, limit_by
        show('limit', limit, limit_by)
        show('available', available, available_by)
        for fact in ('used', 'reclaimable', 'shmem'):
            show(fact, getattr(limit_by, fact) if limit_by else UNKNOWN)

        groups = [c for c in cs if c.kind == 'cgroup']
        high = smallest([c.high for c in groups])
        if high is UNKNOWN and not any('high' in c.failed for c in groups):
            high = NONE
        show('high', high)
        swap_limit = smallest([c.swap_limit for c in cs])
        swap_available = self.swap_available(available)
        if known(swap_limit) and known(swap_available):
            swap_available = min(swap_available, swap_limit)
            if swap_available > 0 and (self.swap_in_memory or known_of(
                    self.host_facts, 'AnonHugePages') not in (0, UNKNOWN)):
                self.flags.add('swap-estimated')
        else:
            swap_available = UNKNOWN
        show('swap_limit', swap_limit)
        show('swap_available', swap_available)
        show('host_total', self.host_total)
        show('host_available', self.host_available)

        sources, causes, level = [], [], 0
        if known(limit) and known(available):
            sources.append('headroom')
            by_headroom = headroom(limit, available)
            if by_headroom:
                causes.append('headroom')
            level = max(level, by_headroom)
        told, scope = {'some': UNKNOWN, 'full': UNKNOWN}, 'unknown'
        if self.psi:
            sources.append('psi')
            told, scope = max(self.psi, key=lambda p: psi_level(*p))
            by_psi = psi_level(told, scope)
            if by_psi:
                causes.append('psi')
            level = max(level, by_psi)
        word = LEVELS[level] if sources else UNKNOWN.name
        lines.append(' '.join(['pressure', word] + causes))
        lines.append('sources ' + (' '.join(sources) or '-'))
        lines.append('psi %s %s %s' % (hundredths(told['some']),
                                       hundredths(told['full']), scope))
        show('oom_kills', self.oom_kills)
        if not self.answers(''.join(lines), high):
            return 'error ENODATA\n'
        lines.append('cgroup %d %s' % (self.places.version, self.places.path))
        lines.append('flags ' + (' '.join(f for f in FLAGS if f in self.flags)
                                 or '-'))
        lines += [c.line() for c in cs]
        return '\n'.join(lines) + '\n'

    def answers(self, text, high):
        """Whether anything is known: a number, or that there is no limit
        where there was something to look at."""
        looked = any(c.limit is NONE or
                     any(known(getattr(c, fact)) for fact in SHOWN + ['swap_high'])
                     for c in self.constraints)
        return bool(re.search('[0-9]', text)) or (high is NONE and looked)


def psi_level(psi, scope):
    """Only the process's group's stalls are all its own."""
    some, full = [v if known(v) else 0 for v in (psi['some'], psi['full'])]
    level = 3 if full >= 1000 else 2 if some >= 1000 else 1 if some >= 500 else 0
    return level if scope == 'cgroup' else max(0, level - 1)


def stalls(text):
    """avg10 of each line, in hundredths of a percent."""
    found: Dict[str, int] = {}
    for line in text.split('\n'):
        line = words(line)
        if line[:1] not in (['some'], ['full']):
            continue
        for word in line[1:]:
            match = re.fullmatch(r'avg10=([0-9]+)\.([0-9][0-9])', word)
            value = int(match.group(1) + match.group(2)) if match else 10001
            if value <= 10000:
                found.setdefault(line[0], value)
    return found


def hundredths(value):
    return '%d.%02d' % divmod(value, 100) if known(value) else value


def headroom(limit, available):
    """In whole bytes."""
    if available == 0:
        return 3
    for level, part, most in ((3, 20, 512), (2, 10, 1024), (1, 5, 2048)):
        if available < min(limit // part, most << 20):
            return level
    return 0


def answer(files):
    """The text about a tree of files, path -> bytes."""
    return Pass(Tree(files)).text().encode('latin-1')


def main():
    for sysroot in sys.argv[1:]:
        sys.stdout.buffer.write(answer(load(sysroot)))


if __name__ == '__main__':
    main()
