# SPDX-License-Identifier: MIT
"""The small changes that can be made to a C file: mutants."""
import re
from typing import Iterator

TOKEN = re.compile(r"""
    (?P<skip>\s+|/\*.*?\*/|\\\n)
  | (?P<text>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')
  | (?P<number>(?:0[xX][0-9a-fA-F]+|[0-9]+)[uUlL]*\b)
  | (?P<word>[A-Za-z_]\w*)
  | (?P<mark><<=|>>=|\.\.\.|->|\+\+|--|&&|\|\||<<|>>|[-+*/%&|^=!<>]=|.)
""", re.VERBOSE | re.DOTALL)

COMPARISONS = {"<": ("<=", ">="), "<=": ("<", ">"), ">": (">=", "<="),
               ">=": (">", "<"), "==": ("!=",), "!=": ("==",)}
EXCHANGED = {"&&": "||", "||": "&&", "|=": "&=", "&=": "|=", "+=": "-=", "-=": "+=",
             "++": "--", "--": "++", "<<": ">>", ">>": "<<",
             "true": "false", "false": "true"}
# Between two operands only: before one they are something else.
BINARY = {"+": "-", "-": "+", "&": "|", "|": "&", "/": "*", "%": "/"}
KEYWORDS = set("""break case const continue default do else enum extern for goto if
    return sizeof static struct switch typedef union while""".split())
ENDS = {"&&", "||", "?", ":", ",", ";", "=", "return", "{", "}"}


class Mutant:
    """A change of a file's text between two places; lines stay where they are."""

    def __init__(self, path: str, text: str, begin: int, end: int, new: str) -> None:
        self.path, self.begin, self.end, self.new = path, begin, end, new
        first = text.rfind("\n", 0, begin) + 1
        last = text.find("\n", end)
        before, after = text[first:last], text[first:begin] + new + text[end:last]
        pairs = [lines for lines in zip(before.split("\n"), after.split("\n"))
                 if lines[0] != lines[1]]
        self.line = text.count("\n", 0, begin) + 1
        # In which function, or behind which one, if it is in none.
        names = re.findall(r"^[a-z][^;={}()]*?(\w+)\(", text[:first + 1], re.M)
        self.where = f"{path} {names[-1] if names else '-'}"
        self.removed = tuple(line.strip() for line, _ in pairs)
        self.added = tuple(line.strip() for _, line in pairs)

    def apply(self, text: str) -> str:
        return text[:self.begin] + self.new + text[self.end:]

    def __str__(self) -> str:
        return "\n".join([self.where, *("- " + line for line in self.removed),
                          *("+ " + line for line in self.added)])


class Source:
    """The tokens of a file, and which bracket belongs to which."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens, self.kinds, self.spans, self.defined = [], [], [], []
        # Of the preprocessor only the values of macros are code.
        directives = [match.span() for match in
                      re.finditer(r"^#(?:[^\n\\]|\\.|\\\n)*", text, re.M)]
        values = [(text.index(match[1], match.start()) + len(match[1]), match.end())
                  for match in
                  re.finditer(r"^#define\s+(\w+)[ \t](?:[^\n\\]|\\.|\\\n)*", text, re.M)]
        for match in TOKEN.finditer(text):
            at = match.start()
            defined = any(begin <= at < end for begin, end in values)
            if match.lastgroup == "skip" or (not defined and any(
                    begin <= at < end for begin, end in directives)):
                continue
            self.tokens.append(match[0])
            self.kinds.append(match.lastgroup)
            self.spans.append(match.span())
            self.defined.append(defined)
        self.partner: dict[int, int] = {}
        self.depth: list[int] = []
        open_ones: list[int] = []
        for i, token in enumerate(self.tokens):
            if token in ")]}" and open_ones:
                self.partner[i] = open_ones.pop()
                self.partner[self.partner[i]] = i
            self.depth.append(len(open_ones))
            if token in "([{" and not self.defined[i]:
                open_ones.append(i)

    def token(self, i: int) -> str:
        return self.tokens[i] if 0 <= i < len(self.tokens) else ""

    def operand(self, i: int) -> bool:
        """Whether an operand ends at this token."""
        return self.kinds[i] in ("number", "text") or self.token(i) in (")", "]") or (
            self.kinds[i] == "word" and self.token(i) not in KEYWORDS)

    def forward(self, i: int) -> int:
        """The last token of the operand that begins here."""
        while i < len(self.tokens) and self.token(i) not in ENDS | {")", "]"}:
            i = self.partner.get(i, i) + 1
        return i - 1

    def backward(self, i: int) -> int:
        """The first token of the operand that ends here."""
        while i >= 0 and self.token(i) not in ENDS | {"(", "["}:
            i = self.partner.get(i, i) - 1
        return i + 1

    def statements(self) -> Iterator[tuple[int, int]]:
        """First and last token of each expression that is a statement."""
        for i, token in enumerate(self.tokens):
            before = self.token(i - 1)
            head = before == ")" and self.token(
                self.partner.get(i - 1, 0) - 1) in ("if", "for", "while", "switch")
            if not (before in (";", "{", "}", "else", "do") or head or
                    (before == ":" and self.token(i - 3) == "case")):
                continue
            if self.depth[i] == 0 or token in KEYWORDS or not (
                    token in ("*", "++", "--") or (
                        self.kinds[i] == "word" and self.token(i + 1) in
                        {"(", "=", "->", ".", "[", "++", "--", "+=", "-=", "|=",
                         "&=", "*=", "/=", "<<=", ">>="})):
                continue
            end = i
            while end < len(self.tokens) and self.token(end) not in (";", "}", ")", ","):
                end = self.partner.get(end, end) + 1
            if self.token(end) == ";":
                yield i, end


def integers(token: str) -> Iterator[str]:
    digits, suffix = re.findall(r"^(0[xX][0-9a-fA-F]+|[0-9]+)([uUlL]*)$", token)[0]
    value = int(digits, 16 if digits[:2] in ("0x", "0X") else 10)
    for other in (value + 1, value - 1):
        if other >= 0:
            yield (hex(other) if digits[:2] in ("0x", "0X") else str(other)) + suffix


def changes(source: Source) -> Iterator[tuple[int, int, str]]:
    """Each change, as (first token, last token, what surrounds or replaces it)."""
    for i, token in enumerate(source.tokens):
        before, after = source.token(i - 1), source.token(i + 1)
        if source.kinds[i] == "number":
            zero = before == "{" and after == "}"
            # An array is declared with some room to spare.
            room = before == "[" and after == "]" and (
                source.kinds[i - 3] == "word" or source.token(i - 3) in ("*", ","))
            if not zero and not room:
                for other in integers(token):
                    yield i, i, other
        if token in COMPARISONS:
            for other in COMPARISONS[token]:
                yield i, i, other
        if token in EXCHANGED:
            yield i, i, EXCHANGED[token]
        if token in BINARY and i and source.operand(i - 1):
            yield i, i, BINARY[token]
        if token == "!" or token == "~" or (
                token == "-" and i and not source.operand(i - 1)):
            yield i, i, ""
        if token in ("&&", "||"):
            never = "(({}) || 1)" if token == "&&" else "(({}) && 0)"
            yield i + 1, source.forward(i + 1), never
            yield source.backward(i - 1), i - 1, never
        if token == "?":
            yield source.backward(i - 1), i - 1, "!({})"
        if token in ("if", "while") and after == "(" and i + 1 in source.partner:
            inside = (i + 2, source.partner[i + 1] - 1)
            yield *inside, "!({})"
            yield *inside, "({}) && 0"
            if token == "if":
                yield *inside, "({}) || 1"
        if token in ("break", "continue") and after == ";":
            yield i, i, "continue" if token == "break" else "break"
            yield i, i + 1, "{{}}"
        if token == "return" and after != ";":
            last = i + 1
            while source.token(last) != ";":
                last = source.partner.get(last, last) + 1
            value = source.tokens[i + 1:last]
            if value[0] not in ("true", "false", "0"):
                yield i + 1, last - 1, "0"
            if any(token in COMPARISONS or token in ("&&", "||", "!") for token in value):
                yield i + 1, last - 1, "!({})"
    for first, last in source.statements():
        yield first, last, "{{}}"


def mutants(path: str, text: str) -> Iterator[Mutant]:
    """Every mutant of a file, each once."""
    source = Source(text)
    seen = set()
    for first, last, form in changes(source):
        if first > last:
            continue
        begin, end = source.spans[first][0], source.spans[last][1]
        old = text[begin:end]
        new = form.format(old)
        new += "\n" * (old.count("\n") - new.count("\n"))
        if source.defined[first]:
            new = re.sub(r"(?<!\\)\n", "\\\n", new)
        if (begin, end, new) in seen or new == old:
            continue
        seen.add((begin, end, new))
        yield Mutant(path, text, begin, end, new)
