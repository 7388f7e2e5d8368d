# SPDX-License-Identifier: MIT
"""Random machines.

machine(seed, number) makes one: what a kernel could have (a hierarchy of
groups, the process in one of them, a cgroup namespace, mounts), shown as the
kernel shows it, and then damaged.  Beside the files it tells a truth: the
smallest limit that the files still show to one who knows the whole machine.
"""
import random

MIB = 1 << 20
NO_LIMIT_V1 = 9223372036854771712
NO_LIMIT = 1 << 62

NAMES = ['a', 'b', 'app', 'system.slice', 'user.slice', 'docker', 'kubepods',
         'pod7', 'init.scope', 'x (deleted)', 'with space', 'tab\there',
         'co:lon::s', 'back\\slash', '\\040', '-', 'dash - dash', '...', '..a',
         'memory', 'cpu,memory', 'a' * 200, 'h\xc3\xbcbsch', '\xff\xfe', '#', '%s',
         '"quoted"', 'unified', 'fo', 'foo', 'dev-hugepages\\x2d1.mount']
POINTS = ['/sys/fs/cgroup', '/sys/fs/cgroup/memory', '/sys/fs/cgroup/unified',
          '/host/sys/fs/cgroup', '/mnt/cg', '/dev/memcg', '/run/my cgroup',
          '/srv/tab\tand\\back', '/srv/new\nline', '/-', '/srv/cgroup-memory',
          '/cgroup']
GARBAGE = ['', '\n', ' ', 'maximum', 'MAX', '12abc', '0x10', '-5', '-', '--1',
           '+7', '1 2', '1,2', '1.5', 'max max', 'unlimited', 'nan', '-2',
           '\0', '12\0', '\xb2\xb3', '\xa0', '5k', '=', '1\n2\n', '-1 -1',
           'inf', '\xd9\xa3', '1e9', '_1', '1_000']


def plain(path):
    return '/'.join(part for part in path.split('/') if part)


class Machine:
    def __init__(self, rng):
        self.rng = rng
        self.files = {}
        self.truth = {}
        self.shown = set()
        self.damaged = set()
        self.confused = False
        self.strange = False
        self.traps = []
        self.memory = None

    def chance(self, percent):
        return self.rng.random() * 100 < percent

    def pick(self, *choices):
        return choices[int(self.rng.random() * len(choices))]

    def size(self, most=None):
        """A number of bytes: whole pages, of any magnitude."""
        rng = self.rng
        if self.chance(4):
            return 0
        number = int(2 ** (13 + rng.random() * 25)) & ~4095
        return min(number, most) if most is not None else number

    def put(self, path, text):
        self.files[plain(path)] = text


# ---------------------------------------------------------------------------
# The hierarchy
# ---------------------------------------------------------------------------

class Group:
    """What the kernel holds of a group."""

    def __init__(self, m, version, root, total):
        self.root = root
        ceiling = m.size()
        self.controlled = True
        self.hierarchy = 0 if m.chance(25) else 1
        self.limit = None if root or m.chance(45) else ceiling
        self.high = None if version == 1 or root or m.chance(70) else m.size()
        self.used = m.size(max(ceiling * 5 // 4, 8192))
        self.minimum = m.pick(0, 0, 0, None, m.size()) if version == 2 else 0
        self.active = m.size(self.used) // 2
        self.inactive = m.size(self.used) // m.pick(1, 2, 3)
        self.slab = m.size(self.used) // 8 if m.chance(70) else 0
        self.shmem = m.size(self.used) // 4
        self.mapped = m.size(self.used) if m.chance(50) else 0
        self.swap_limit = None if m.chance(50) else m.size()
        self.swap_used = m.size() // 4 if m.chance(50) else 0
        self.oom_kills = m.pick(0, 0, 1, 17)
        if m.chance(3):
            self.limit = m.pick(total, total - 4096, total + 4096, NO_LIMIT - 1)
        if m.chance(3):
            self.used = self.active = self.inactive = 0

    def memsw(self):
        """v1's limit of memory and swap together."""
        if self.limit is None or self.swap_limit is None:
            return None
        return self.limit + self.swap_limit

    def reclaimable(self, version):
        return self.active + self.inactive + (self.slab if version == 2 else 0)


def common(a, b):
    same = 0
    while same < min(len(a), len(b)) and a[same] == b[same]:
        same += 1
    return same


def relative(namespace, group):
    """The path of a group as seen from the root of a cgroup namespace."""
    same = common(namespace, group)
    parts = ['..'] * (len(namespace) - same) + list(group[same:])
    return '/' + '/'.join(parts)


def escape(text):
    for char in '\\ \t\n':
        text = text.replace(char, '\\%03o' % ord(char))
    return text


def spell(m, number, word='max'):
    """A number as the kernel or a fake may write it."""
    if number is None:
        return m.pick(*([word] * 20), '-1', str(1 << 64), '9' * 100,
                      str(NO_LIMIT), '9223372036854775807') + '\n'
    if m.chance(3):
        return m.pick('0%d\n', '%d', ' %d\n', '%d\r\n', '\n%d\n\n', '\t%d ') % number
    return '%d\n' % number


def stat(m, lines):
    lines = [(key, value) for key, value in lines if not m.chance(2)]
    if m.chance(10):
        m.rng.shuffle(lines)
    if m.chance(5):
        lines.insert(0, (m.pick('active_file2', 'xactive_file', 'active_fil',
                                'total_active_files', 'shmem_thp'), 4096))
    if m.chance(2):
        lines.insert(0, (m.pick('', 'garbage', '\0\1\2'), m.pick('', 'x', -3)))
    if m.chance(1) and lines:
        index = m.rng.randrange(len(lines))
        lines[index] = (lines[index][0], m.pick(1 << 62, 1 << 63, '9' * 40,
                                                (1 << 63) - 1, '00012', '1.5'))
        m.strange = True
    end = '\r\n' if m.chance(2) else '\n'
    text = ''.join('%s %s%s' % (key, value, end) for key, value in lines)
    return text[:-len(end)] if m.chance(3) else text


def show_v2(m, directory, group):
    put = lambda name, text: m.put(directory + '/' + name, text)
    put('cgroup.controllers', m.pick('cpu io memory pids\n', 'memory\n',
                                     'cpuset cpu memory\n'))
    if not group.root:
        put('cgroup.events', 'populated 1\nfrozen 0\n')
    if m.chance(60):
        put('memory.pressure', psi(m))
    if not group.controlled:
        if m.chance(50):
            put('cgroup.controllers', m.pick('cpu pids\n', '\n', ''))
        return
    if m.chance(80) or not group.root:
        put('memory.stat', stat(m, [
            ('anon', 4096), ('file', group.active + group.inactive),
            ('shmem', group.shmem), ('file_mapped', group.mapped),
            ('inactive_file', group.inactive), ('active_file', group.active),
            ('slab_reclaimable', group.slab),
            ('slab_unreclaimable', 8192)]))
    if group.root:
        return
    put('memory.max', spell(m, group.limit))
    put('memory.high', spell(m, group.high))
    put('memory.current', '%d\n' % group.used)
    put('memory.min', spell(m, group.minimum))
    if m.chance(80):
        put('memory.swap.max', spell(m, group.swap_limit))
        put('memory.swap.current', '%d\n' % group.swap_used)
        if m.chance(40):
            put('memory.swap.high', spell(m, m.pick(None, None, 0, m.size(),
                                                    group.swap_used)))
    if m.chance(20):
        put('memory.zswap.writeback', m.pick('1\n', '0\n', '0\n'))
        put('memory.zswap.max', spell(m, m.pick(None, 0, m.size())))
        put('memory.zswap.current', '%d\n' % m.pick(0, m.size()))
    if m.chance(70):
        put('memory.events', stat(m, [
            ('low', 0), ('high', 3), ('max', 8), ('oom', group.oom_kills),
            ('oom_kill', group.oom_kills), ('oom_group_kill', 0)]))


def show_v1(m, directory, group, hidden, hidden_memsw):
    put = lambda name, text: m.put(directory + '/' + name, text)
    if group.root:
        put('cgroup.sane_behavior', '0\n')
    if m.chance(80):
        put('cgroup.procs', '')
    none = lambda number: m.pick(NO_LIMIT_V1, NO_LIMIT_V1, 9223372036854710272,
                                 9223372036854775807, 8796093018112) \
        if number is None else number
    put('memory.limit_in_bytes', spell(m, none(group.limit)))
    put('memory.usage_in_bytes', '%d\n' % group.used)
    put('memory.use_hierarchy', '%d\n' % group.hierarchy)
    put('memory.stat', stat(m, [
        ('cache', group.active + group.inactive), ('inactive_file', 4096),
        ('active_file', 4096), ('shmem', 4096),
        ('hierarchical_memory_limit', none(hidden)),
        ('hierarchical_memsw_limit', none(hidden_memsw)),
        ('total_swap', m.pick(0, group.swap_used)),
        ('mapped_file', 4096), ('total_shmem', group.shmem),
        ('total_mapped_file', group.mapped),
        ('total_inactive_file', group.inactive),
        ('total_active_file', group.active)]))
    if m.chance(60):
        put('memory.memsw.limit_in_bytes', spell(m, none(group.memsw())))
        put('memory.memsw.usage_in_bytes', '%d\n' % m.pick(
            group.used + group.swap_used, group.used + group.swap_used,
            max(0, group.used - 4096)))
    if m.chance(40):
        put('memory.swappiness', m.pick('60\n', '1\n', '0\n'))
    if m.chance(60):
        put('memory.oom_control', stat(m, [
            ('oom_kill_disable', 0), ('under_oom', 0),
            ('oom_kill', group.oom_kills)]))


def psi(m):
    if m.chance(3):
        return m.pick('', 'some 1.00 2.00 3.00\nfull 1.00 2.00 3.00\n',
                      'some\n', 'some avg10=\n', 'nothing at all\n',
                      'some avg10=100.00\nfull avg10=100.01\n',
                      'some avg10=1.5\nfull avg10=7\n', 'full avg10=00.10\n')
    level = lambda: m.pick('0.00', '0.00', '0.00', '4.99', '5.00', '9.99', '10.00',
                           '%d.%02d' % (m.rng.randrange(100), m.rng.randrange(100)))
    line = '%s avg10=%s avg60=1.23 avg300=45.67 total=8901'
    some, full = line % ('some', level()), line % ('full', level())
    if m.chance(5):
        some = some.replace(' total=8901', '')
    if m.chance(5):
        return m.pick(some, full) + '\n'
    return some + '\n' + full + m.pick('\n', '\n', '\n', '\n', '\r\n', '')


class Hierarchy:
    """The groups of one version and how they are mounted."""

    def __init__(self, m, version, total):
        self.m, self.version = m, version
        self.options = m.pick('rw', 'rw,nsdelegate', 'rw,memory_recursiveprotx',
                              'rw,nsdelegate,memory_recursiveprot',
                              'rw,memory_recursiveprot')
        names = lambda count: tuple(m.pick(*NAMES) for _ in range(count))
        self.own = names(m.pick(0, 1, 1, 1, 2, 2, 2, 3, 3, 4, 6))
        self.groups = {}
        for count in range(len(self.own) + 1):
            path = self.own[:count]
            self.groups[path] = Group(m, version, count == 0, total)
            while m.chance(15):
                beside = path + names(1)
                self.groups.setdefault(beside, Group(m, version, False, total))
                while m.chance(40):
                    below = m.pick(*self.below(beside)) + names(1)
                    self.groups.setdefault(below,
                                           Group(m, version, False, total))
        # Below a group that has it, each has it.
        for path in sorted(self.groups, key=len):
            if path and self.groups[path[:-1]].hierarchy:
                self.groups[path].hierarchy = 1
        self.namespace = m.pick((), (), (), self.own, self.own, self.own,
                                self.somewhere(), self.somewhere())
        if version == 2 and m.chance(8):
            # Threaded, or the controller was not delegated this far.
            last = m.rng.randrange(len(self.own) + 1)
            for path, group in self.groups.items():
                if len(path) > last:
                    group.controlled = False
        if version == 2 and m.chance(2):
            for group in self.groups.values():
                group.controlled = False
        self.mounts = []

    def below(self, path):
        """The groups in the tree of a group."""
        return [p for p in sorted(self.groups) if p[:len(path)] == path]

    def above_own(self):
        return self.own[:self.m.rng.randrange(len(self.own) + 1)]

    def somewhere(self):
        if self.m.chance(60):
            return self.above_own()
        return self.m.pick(*sorted(self.groups))

    def mount(self, usual):
        m = self.m
        count = m.pick(1, 1, 1, 1, 1, 1, 2, 2, 3)
        for index in range(count):
            point = usual if index == 0 and m.chance(80) else m.pick(*POINTS)
            root = m.pick((), self.namespace, self.own, self.somewhere())
            if index == 0 and m.chance(50):
                root = self.namespace if self.namespace in self.groups else ()
            self.mounts.append((root, point))

    def binding(self, path, limit_of=lambda group: group.limit):
        """The limits above a v1 group end where use_hierarchy is 0."""
        limits = [limit_of(self.groups[path])]
        while path:
            path = path[:-1]
            if not self.groups[path].hierarchy:
                break
            limits.append(limit_of(self.groups[path]))
        limits = [limit for limit in limits if limit is not None]
        return min(limits) if limits else None

    def show(self, root, point):
        for path, group in self.groups.items():
            if path[:len(root)] != root:
                continue
            directory = '/'.join((point,) + path[len(root):])
            # Another mount lies over this group: it cannot be seen there.
            if directory in self.m.shown:
                self.m.confused = True
            self.m.shown.add(directory)
            if self.version == 2:
                show_v2(self.m, directory, group)
            else:
                show_v1(self.m, directory, group, self.binding(path),
                        self.binding(path, Group.memsw))

    def line(self):
        path = relative(self.namespace, self.own)
        m = self.m
        if m.chance(4):
            path += ' (deleted)'
            m.confused = True
        if m.chance(3):
            path = path.replace('/', m.pick('//', '/./', '///'))
        if m.chance(2):
            path += '/'
        if self.version == 2:
            return '0::' + path
        return '%d:%s:%s' % (m.rng.randrange(1, 14),
                             m.pick('memory', 'memory', 'cpu,memory',
                                    'memory,hugetlb'), path)

    def row(self, root, point):
        m = self.m
        kind, options = ('cgroup2', self.options) if self.version == 2 else \
            ('cgroup', m.pick('rw,memory', 'rw,cpu,memory', 'rw,memory,hugetlb'))
        root = relative(self.namespace, root)
        if m.chance(2) and root != '/':
            root = root.replace('/', '//')
        return row(m, root, point, kind, m.pick('cgroup', 'none', '', 'memory', '-'),
                   options)


def row(m, root, point, kind, source, options):
    number = m.rng.randrange(20, 2000)
    fields = ['%d' % number, '%d' % (number - 1), '0:%d' % (number % 97),
              escape(root), escape(point), m.pick('rw,relatime', 'ro', 'rw')]
    for optional in ('shared:9', 'master:3', 'propagate_from:2', 'unbindable'):
        if m.chance(15):
            fields.append(optional)
    return ' '.join(fields + ['-', kind, escape(source) if source else source,
                              options])


# ---------------------------------------------------------------------------
# The tables
# ---------------------------------------------------------------------------

def tables(m, hierarchies):
    lines = [h.line() for h in hierarchies]
    rows = []
    for h in hierarchies:
        for root, point in h.mounts:
            rows.append((h, root, point))
    if m.chance(10):
        m.rng.shuffle(rows)
    text = [row(m, '/', '/', 'overlay', 'overlay',
                'rw,lowerdir=' + '/l:' * m.pick(1, 1, 1, 3000)),
            row(m, '/', '/proc', 'proc', 'proc', 'rw'),
            row(m, '/', '/sys', 'sysfs', 'sysfs', 'rw')]
    if m.chance(20):
        text.append(row(m, '/', '/sys/fs/cgroup', 'tmpfs', 'tmpfs',
                        'ro,mode=755'))
    if m.chance(10):
        text.append('77 76 0:52 / /init rw - 9p drvfs rw,path=C:\\Program Files - x')
    for h, root, point in rows:
        text.append(h.row(root, point))
    named = [h for h in hierarchies if h.version == 1]
    if named or m.chance(20):
        lines.append('1:name=systemd:/' + m.pick('', 'init.scope', 'memory'))
        lines.append('3:cpuset,cpu:/')
        if m.chance(10):
            lines += ['%d:name=k8s%d:/%s' % (n, n, 'kubepods/' * 9)
                      for n in range(20, 80)]
        text.append(row(m, '/', '/sys/fs/cgroup/pids', 'cgroup', 'cgroup',
                        m.pick('rw,pids', 'rw,name=memory', 'rw,memoryx')))
    covered = set()
    if m.chance(4) and rows:
        covered = {rows[0][2]}
        if m.chance(50):
            m.traps.append(rows[0])
        text.append(row(m, '/', rows[0][2], m.pick('tmpfs', 'cgroup2x'), 'tmpfs',
                        'rw,memory'))
    if m.chance(30):
        m.rng.shuffle(lines)
    if m.chance(4):
        lines = garbage_lines(m, lines)
    if m.chance(4):
        text = garbage_lines(m, text)
    end = '\r\n' if m.chance(2) else '\n'
    m.put('/proc/self/cgroup', ''.join(line + end for line in lines))
    m.put('/proc/self/mountinfo', ''.join(line + '\n' for line in text))

    # Only what was mounted last at a point can be seen there.
    seen = {}
    for h, root, point in rows:
        seen[point] = (h, root)
    visible = [(h, root, point) for point, (h, root) in seen.items()
               if point not in covered]
    # What lies deeper is mounted over what is above it.
    visible.sort(key=lambda v: v[2].count('/'))
    # Plain files on top of a mount are no groups.
    for h, root, point in m.traps + visible:
        h.show(root, point)
    return visible


def garbage_lines(m, lines):
    bad = ['', '', ' ', 'nonsense', ':', '::', '0:', '1:memory', '- - - - -',
           '\0\1\2\3', '2::/nowhere', '30 22 0:26 / /sys/fs/cgroup rw',
           '30 22 0:26 / /sys/fs/cgroup rw -', '5:Memory:/x', '6:memory2,xmemory:/x']
    lines = list(lines)
    for _ in range(m.pick(1, 2, 3)):
        lines.insert(m.rng.randrange(len(lines) + 1), m.pick(*bad))
    return lines


# ---------------------------------------------------------------------------
# The machine and the process
# ---------------------------------------------------------------------------

def meminfo(m, total):
    free = m.size(total) & ~1023
    active, inactive = m.size(total) // 2048, m.size(total) // 2048
    available = m.pick(free // 1024 + active, m.size(total) // 1024,
                       m.size() // 1024)
    lines = [('MemTotal', total // 1024), ('MemFree', free // 1024)]
    if not m.chance(15):
        lines.append(('MemAvailable', 0 if m.chance(4) else available))
    lines += [('Active(file)', active), ('Inactive(file)', inactive),
              ('Shmem', m.size(total) // 4096),
              ('AnonHugePages', m.pick(0, m.size(total) // 4096)),
              ('Hugetlb', m.pick(0, 0, 0, m.size(total) // 2048)),
              ('SReclaimable', m.size(total) // 16384)]
    if m.chance(50):
        lines.append(('KReclaimable', m.size(total) // 8192))
    swap = m.size() // 1024 if m.chance(60) else 0
    limit = m.size() // 1024
    lines += [('SwapTotal', swap), ('SwapFree', m.size(swap * 1024) // 1024),
              ('CommitLimit', limit),
              ('Committed_AS', m.size(limit * 2048) // 1024)]
    if m.chance(4):
        index = m.rng.randrange(len(lines))
        lines[index] = (lines[index][0], m.pick(9007199246672720, 1 << 40, 1 << 41,
                                                2 * total // 1024, -12))
        m.strange = True
    if m.chance(8):
        del lines[m.rng.randrange(len(lines))]
        m.damaged.add('proc/meminfo')
    if m.chance(10):
        m.rng.shuffle(lines)
    text = ['%-16s%8d kB' % (key + ':', value) for key, value in lines]
    if m.chance(5):
        text.insert(m.rng.randrange(len(text)),
                    m.pick('HugePages_Total:       0', 'XMemFree:  5 kB', '',
                           'garbage', 'VmallocTotal:   34359738367 kB',
                           'SwapFreeX:   1 kB', 'Mem Free:  4 kB'))
    m.put('/proc/meminfo', '\n'.join(text) + ('' if m.chance(3) else '\n'))
    if swap:
        swapping(m)
    generations(m)
    if m.chance(10):
        m.put('/proc/sys/vm/vfs_cache_pressure', m.pick('0\n', '100\n', ''))
    if m.chance(20):
        m.put('/proc/net/sockstat', 'sockets: used %d\nTCP: inuse 5 orphan 0\n'
              % m.pick(0, 12, m.size() // 1024))


def generations(m):
    if m.chance(40):
        m.put('/sys/kernel/mm/lru_gen/enabled', m.pick('0x0007\n', '0x0000\n', '0x0006\n',
                                                       '0x', '7\n', ''))
    if m.chance(30):
        m.put('/sys/kernel/mm/lru_gen/min_ttl_ms', m.pick('0\n', '1000\n', 'max\n', '-1\n', ''))


def swapping(m):
    if m.chance(40):
        m.put('/proc/sys/vm/swappiness', m.pick('60\n', '0\n', '0\n', 'x'))
    if m.chance(30):
        m.put('/sys/module/zswap/parameters/enabled', m.pick('Y\n', 'N\n', '\n'))
    if m.chance(50):
        m.put('/proc/swaps', 'Filename\tType\tSize\tUsed\tPriority\n' +
              m.pick('', '/dev/sda2 partition 1 0 -2\n', '/dev/zram0 partition 1 0 5\n',
                     '/swap/dev/zram file 1 0 -3\n', '/dev/zram\n'))


ZONES = [('DMA32', 'Normal'), ('DMA', 'Normal', 'Movable', 'Device'),
         ('DMA', 'Normal', 'HighMem', 'Movable')]


def zoneinfo(m, total, nodes):
    page = m.pick(4096, 4096, 4096, 16384, 65536)
    names = m.pick(*ZONES)
    left = total // page
    old = m.chance(20)      # before 4.8: no "zone" in the names, no node's
    text = []
    for node in nodes:
        for index, name in enumerate(names):
            last = (node, index) == (nodes[-1], len(names) - 1)
            share = left if last else m.rng.randrange(left + 1)
            if not last and m.chance(30):
                share = 0
            if m.chance(2):
                share += 1
            left = max(0, left - share)
            text += zone(m, node, name, share, len(names), index == 0, old)
    m.put('/proc/zoneinfo', '\n'.join(text) + '\n')


def zone(m, node, name, share, count, first, old):
    """The lines of one zone of so many pages."""
    some = lambda part: m.rng.randrange(1 + share // part)
    low = some(m.pick(3, 8, 100))
    minimum, high = low * m.pick(0, 4, 9) // 10, low + some(8)
    cache = [some(3), some(3)]
    text = ['Node %d, zone %8s' % (node, name)]
    if first and not old:
        text += ['  per-node stats', '      nr_inactive_file %d' % (share * 3),
                 '      nr_active_file %d' % share]
    text.append('  pages free     %d' % some(m.pick(1, 2, 10)))
    if m.chance(50):
        text.append('        boost    %d' % m.pick(0, 0, minimum // 3, minimum * 2))
    text += ['        %-8s %d' % line for line in (
        ('min', minimum), ('low', low), ('high', high), ('spanned', share * 2),
        ('present', share), ('managed', share), ('cma', some(4)))]
    reserves = sorted(m.pick(0, 0, share // 9, share // 100, share * 2)
                      for _ in range(count))
    if m.chance(10):
        reserves[-1] = 0
    text.append('        protection: (%s)' % ', '.join(map(str, reserves)))
    if share == 0 and m.chance(70):
        return text
    text += ['      nr_%s%s_file %d' % ('' if old else 'zone_', which, pages)
             for which, pages in zip(('inactive', 'active'), cache)]
    text.append('      nr_free_cma  %d' % m.pick(0, 0, some(4)))
    text.append('  pagesets')
    for cpu in range(m.pick(1, 2)):
        text += ['    cpu: %d' % cpu, '              count:    %d' % some(8),
                 '              high:     378',
                 '              batch:    %d' % m.pick(1, 31, 63, some(40))]
    text.append('  start_pfn:           1048576')
    # A line that is not there is not 0.
    if m.chance(1):
        del text[m.rng.randrange(1, len(text))]
    return text


def spans(numbers):
    text, numbers = [], sorted(numbers)
    while numbers:
        first = last = numbers.pop(0)
        while numbers and numbers[0] == last + 1:
            last = numbers.pop(0)
        text.append('%d' % first if first == last else '%d-%d' % (first, last))
    return ','.join(text)


def numa(m, total):
    """Returns all nodes and what Mems_allowed_list says."""
    nodes = sorted(m.rng.sample(range(6), m.pick(1, 1, 2, 2, 3, 4)))
    if m.chance(30):
        nodes = [0]
    with_memory = [n for n in nodes if not m.chance(10)] or nodes
    allowed = [n for n in nodes if m.chance(60)] if m.chance(40) else nodes
    if not m.chance(15):
        m.put('/sys/devices/system/node/has_memory', spans(with_memory) + '\n')
    if m.chance(70):
        m.put('/sys/devices/system/node/has_normal_memory',
              spans(with_memory) + '\n')
    if m.chance(70):
        m.put('/sys/devices/system/node/online', spans(nodes) + '\n')
    for node in nodes:
        has = m.size(total) if node in with_memory else 0
        facts = [('MemTotal', has), ('MemFree', m.size(has)),
                 ('MemUsed', has // 2), ('Active(file)', m.size(has) // 4),
                 ('Inactive(file)', m.size(has) // 4), ('Shmem', m.size(has) // 8),
                 ('SReclaimable', m.size(has) // 8)]
        if m.chance(50):
            facts.append(('KReclaimable', m.size(has) // 8))
        if m.chance(5):
            index = m.rng.randrange(len(facts))
            facts[index] = (facts[index][0], m.pick(1 << 50, (1 << 50) + 1024,
                                                    9007199246672720 * 1024, has * 2,
                                                    -1024))
        m.put('/sys/devices/system/node/node%d/meminfo' % node, ''.join(
            'Node %d %-15s %8d kB\n' % (node, key + ':', value // 1024)
            for key, value in facts if not m.chance(1)))
    return nodes, spans(allowed or nodes)


def policy(m, nodes):
    """Mostly of nodes that there are."""
    if not m.chance(30):
        return
    bound = spans([n for n in nodes if m.chance(50)] or [m.pick(0, 5, 9)])
    text = ''
    for address, what in (('00400000', 'file=/bin/x mapped=7'),
                          ('7f0000000000', 'anon=20'),
                          ('7ffd00000000', 'stack anon=12')):
        if m.chance(90):
            text += '%s %s %s N0=7\n' % (address, m.pick(
                'default', 'local', 'prefer:' + bound, 'interleave:' + bound,
                'bind:' + bound, 'bind:' + bound, 'bind=static:' + bound,
                'bind=relative|balancing:' + bound, 'bind'), what)
    m.put('/proc/self/numa_maps', text)


def process(m, allowed):
    line = '%-26s%-21s%-21s%s\n'
    text = line % ('Limit', 'Soft Limit', 'Hard Limit', 'Units')
    for title, units in (('Max cpu time', 'seconds'), ('Max data size', 'bytes'),
                         ('Max stack size', 'bytes'),
                         ('Max resident set', 'bytes'),
                         ('Max address space', 'bytes')):
        soft = m.size() if m.chance(15) else m.pick('unlimited', 'unlimited',
                                                    'unlimited', 4294967295) \
            if m.chance(3) else 'unlimited'
        if m.chance(1):
            continue
        text += line % (title, soft, 'unlimited', units)
    m.put('/proc/self/limits', text)
    limit = [('VmSize', '%8d kB' % (m.size() // 1024)),
             ('VmData', '%8d kB' % (m.size() // 1024)),
             ('CapEff', m.pick('0000000000000000', '000001ffffffffff',
                               '0000000000200000')),
             ('Mems_allowed_list', allowed)]
    m.put('/proc/self/status', 'Name:\tx\n' + ''.join(
        '%s:\t%s\n' % fact for fact in limit if not m.chance(1)))


def commit(m):
    m.put('/proc/sys/vm/overcommit_memory', m.pick('0\n', '0\n', '1\n', '2\n'))
    if m.chance(70):
        m.put('/proc/self/uid_map', m.pick(
            '         0          0 4294967295\n', '         0       1000          1\n',
            '0 0 4294967294\n', ''))
    for who in ('admin', 'user'):
        if m.chance(70):
            m.put('/proc/sys/vm/%s_reserve_kbytes' % who, '%d\n' % m.pick(
                0, 8192, 131072, m.size() // 1024))


# ---------------------------------------------------------------------------
# Damage
# ---------------------------------------------------------------------------

def damage(m):
    """Makes files missing, unreadable or strange."""
    percent = m.pick(0, 0, 0, 2, 2, 10, 40)
    for path in sorted(m.files):
        tables = path in ('proc/self/cgroup', 'proc/self/mountinfo')
        if not m.chance(min(percent, 10) if tables else percent):
            continue
        text = m.files.pop(path)
        m.damaged.add(path)
        kind = m.pick('missing', 'missing', 'unreadable', 'empty', 'garbage', 'cut',
                      'lines')
        if kind == 'unreadable':
            m.files[path + '/.keep'] = ''
        elif kind == 'empty':
            m.files[path] = ''
        elif kind == 'garbage':
            m.files[path] = m.pick(*GARBAGE) + m.pick('\n', '')
        elif kind == 'cut':
            m.files[path] = text[:m.rng.randrange(len(text) + 1)]
        elif kind == 'lines':
            lines = text.split('\n')
            lines.insert(m.rng.randrange(len(lines)), m.pick(*GARBAGE))
            m.files[path] = '\n'.join(lines)


def tell_truth(m, visible, total):
    """What an honest reader must not exceed."""
    good = lambda path: plain(path) not in m.damaged
    limits, available = [], []

    def shows(path, name):
        """Whether each mount that shows a group shows this file."""
        return all(good('/'.join((point,) + path[len(root):] + (name,)))
                   for h, root, point in visible
                   if h is m.memory and path[:len(root)] == root)

    if good('/proc/meminfo'):
        limits.append(total)
    for h, root, point in visible:
        if h is not m.memory or h.own[:len(root)] != root:
            continue
        # Where the damage took a whole directory, another mount may be better.
        start = plain('/'.join((point,) + h.own[len(root):])) + '/'
        if not any(name.startswith(start) for name in m.files):
            return
        # A mount above the namespace's root shows the process's group, but not under
        # which name.
        path = h.own if len(root) >= common(h.namespace, h.own) else root
        if h.version == 1 and path != h.own and not all(
                h.groups[h.own[:n]].hierarchy for n in range(len(root), len(h.own))):
            continue
        while True:
            group = h.groups[path]
            directory = '/'.join((point,) + path[len(root):])
            names = ('memory.max', 'memory.current') if h.version == 2 else \
                ('memory.limit_in_bytes', 'memory.usage_in_bytes')
            limit = group.limit
            if not group.controlled or (group.root and h.version == 2):
                limit = None
            if h.version == 1 and limit is not None and limit >= total:
                limit = None
            if limit is not None and shows(path, names[0]):
                limits.append(limit)
                if shows(path, names[1]):
                    available.append(max(0, limit - group.used +
                                         group.reclaimable(h.version)))
            if h.version == 1 and path and not h.groups[path[:-1]].hierarchy:
                break
            if len(path) == len(root):
                break
            path = path[:-1]
    if limits:
        m.truth['limit'] = min(limits)
        m.truth['available'] = min(limits + available)


def machine(seed, number):
    """The files, path -> bytes, and the truth about them."""
    m = Machine(random.Random('%s/%d' % (seed, number)))
    total = max(m.size(), 16 * MIB)
    layout = m.pick('v2', 'v2', 'v2', 'v2', 'v1', 'v1', 'v1', 'hybrid-v1',
                    'hybrid-v2', 'none') if not m.chance(3) else 'plain'
    hierarchies = []
    if layout in ('v2', 'hybrid-v2', 'hybrid-v1', 'plain'):
        h = Hierarchy(m, 2, total)
        h.mount('/sys/fs/cgroup' if layout != 'hybrid-v1' else
                '/sys/fs/cgroup/unified')
        hierarchies.append(h)
        m.memory = h
        if layout == 'hybrid-v1':
            for group in h.groups.values():
                group.controlled = False
    if layout in ('v1', 'hybrid-v1') or (layout == 'plain' and m.chance(50)):
        h = Hierarchy(m, 1, total)
        h.mount('/sys/fs/cgroup/memory')
        hierarchies.append(h)
        m.memory = h
    visible = tables(m, hierarchies)
    if layout == 'plain':
        m.put('/proc/self/mountinfo', row(m, '/', '/', 'ext4', 'x', 'rw') + '\n')
        visible = []
    meminfo(m, total)
    nodes, allowed = numa(m, total)
    if m.chance(70):
        zoneinfo(m, total, nodes)
    policy(m, nodes)
    process(m, allowed)
    commit(m)
    if m.chance(30):
        m.put('/proc/sys/vm/vfs_cache_pressure', m.pick('0\n', '100\n', '1\n'))
    if m.chance(60):
        count = m.size() // 8192
        m.put('/proc/sys/fs/dentry-state', '%d\t%d\t45\t0\t%d\t0\n' % (
            count, m.size(count * 4096) // 4095, count // 5))
    if m.chance(60):
        m.put('/proc/pressure/memory', psi(m))
    damage(m)
    if not m.confused and not m.strange and \
            not m.damaged & {'proc/self/cgroup', 'proc/self/mountinfo'}:
        tell_truth(m, visible, total)
    files = {path: text.encode('latin-1', 'replace')
             for path, text in m.files.items()}
    return files, m.truth
