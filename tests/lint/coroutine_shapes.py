"""Name it, then await it: spellings that g++ 12 compiles to a double free or a crash (docs/decisions, CONTRIBUTING).

Inside a full expression that holds co_await there may be no braced temporary, no lambda with captures; and co_await may
not be what a switch asks. The remedy is always the same: name the object on the line before.
"""
import re

import sources

OPENERS = {"(": ")", "[": "]", "{": "}"}
CONTROL = re.compile(r"\b(if|while|for|switch|catch)\s*(?:constexpr\s*)?$")
AWAIT = re.compile(r"\bco_await\b")
# What may stand between a function's ')' and its body.
TRAILING = re.compile(r"\)\s*(?:(?:const|noexcept|mutable|override|final|try|&&?)\s*)*(?:->\s*[\w:<>,*&\s\[\]]+)?$")
SCOPE = re.compile(r"(?:^|[;{}>\]])\s*(?:inline\s+|typedef\s+|export\s+|extern\s+)*(?:namespace|struct|class|union|enum)\b[^;{}()=]*$")
SCOPE_WORDS = re.compile(r"\b(?:else|do|try|const|noexcept|mutable|override|final|extern\s*\"[^\"]*\")$")

# Durations are trivial values: nothing to free twice.
DURATION = re.compile(r"\b(?:Millis|nanoseconds|microseconds|milliseconds|seconds|minutes|hours)\s*$")


def match_brackets(text):
    """opening position -> closing position, and closing -> opening, of every bracket."""
    pairs, stack = {}, []
    for position, char in enumerate(text):
        if char in OPENERS:
            stack.append(position)
        elif char in ")]}":
            while stack and OPENERS[text[stack[-1]]] != char:
                stack.pop()  # a macro or a half file: go on with what fits
            if stack:
                pairs[stack[-1]] = position
                pairs[position] = stack.pop()
    return pairs


def opens_block(text, brace, pairs):
    """Is the '{' at `brace` a body (of a function, lambda, control statement, type), rather than a braced value?"""
    before = text[max(0, brace - 600):brace].rstrip()
    if not before or before[-1] in ";}":
        return True
    if before[-1] == "{":
        return opens_block(text, len(text[:brace].rstrip()) - 1, pairs)
    if before[-1] == ":" and not before.endswith("::"):  # a case label
        return True
    if before[-1] == "]":  # a lambda without parameters
        opening = pairs.get(len(text[:brace].rstrip()) - 1)
        return opening is not None and is_lambda(text, opening)
    return bool(TRAILING.search(before) or SCOPE_WORDS.search(before) or SCOPE.search(before))


def is_lambda(text, bracket):
    """Does the '[' at `bracket` introduce a lambda (no subscript, no attribute)?"""
    before = text[:bracket].rstrip()
    if text[bracket + 1:bracket + 2] == "[" or before.endswith("["):
        return False
    if not before or before[-1] not in ")]" and not re.search(r"\w$", before):
        return True
    return bool(re.search(r"\b(?:return|co_return|co_await|co_yield|case)$", before))


def enclosing(position, pairs, openers):
    """Opening brackets around `position`, innermost first."""
    return [at for at in reversed(openers) if at < position < pairs[at]]


def skip_control(text, start, end, pairs):
    """`start` moved past leading 'if (…)', 'else', 'for (…)', 'case …:' of the statement."""
    while True:
        head = re.compile(r"\s*(?:else\b|do\b|(?:if|while|for|switch)\s*(?:constexpr\s*)?(?=\()|(?:case\b[^;{}?]*?|default\s*)(?<!:):(?!:))")
        match = head.match(text, start, end)
        if not match:
            return start
        start = match.end()
        if text[start:start + 1] == "(" and start in pairs and pairs[start] < end:
            start = pairs[start] + 1


def full_expression(text, position, pairs, openers):
    """(start, end, keyword of the control statement or '') of the full expression around `position`."""
    inside = position
    for at in enclosing(position, pairs, openers):
        keyword = CONTROL.search(text, max(0, at - 20), at) if text[at] == "(" else None
        if keyword or (text[at] == "{" and opens_block(text, at, pairs)):
            start, end = statement(text, at + 1, pairs[at], inside, pairs)
            if keyword:
                return start, end, keyword[1]
            after_head = skip_control(text, start, end, pairs)
            return (after_head if after_head <= inside else start), end, ""
        inside = at
    return statement(text, 0, len(text), inside, pairs) + ("",)


def statement(text, start, end, inside, pairs):
    """The statement of the block [start, end) that holds `inside`: from the last ';' or block before it to the next."""
    at = start
    while at < inside:
        if text[at] in OPENERS and at in pairs:
            closed = pairs[at]
            if text[at] == "{" and opens_block(text, at, pairs) and not is_lambda_body(text, at, pairs):
                start = closed + 1
            at = closed
        elif text[at] == ";":
            start = at + 1
        at += 1
    at = inside
    while at < end and text[at] != ";":
        if text[at] in OPENERS and at in pairs:
            at = pairs[at]
        at += 1
    return start, min(at, end)


def is_lambda_body(text, brace, pairs):
    before = text[max(0, brace - 600):brace]
    head = TRAILING.search(before.rstrip())
    last = len(text[:brace].rstrip()) - 1
    closing = brace - len(before) + head.start() if head else last
    if text[closing] == ")" and closing in pairs:
        closing = len(text[:pairs[closing]].rstrip()) - 1
    return text[closing:closing + 1] == "]" and closing in pairs and is_lambda(text, pairs[closing])


def offenders(text, start, end, pairs):
    """(position, words) of what may not stand in the awaiting expression [start, end)."""
    at = start
    while at < end:
        if text[at] == "{":
            if opens_block(text, at, pairs):
                at = pairs.get(at, end)  # a lambda's body: full expressions of its own
            elif not DURATION.search(text, max(0, at - 40), at):
                yield at, "a braced temporary in an expression with co_await"
        elif text[at] == "[" and is_lambda(text, at):
            closing = pairs.get(at, end)
            if text[at + 1:closing].strip():
                yield at, "a capturing lambda in an expression with co_await"
            at = closing
        at += 1


def check_text(text):
    clean = sources.without_directives(sources.code(text))
    if "co_await" not in clean:
        return []
    pairs = match_brackets(clean)
    openers = sorted(at for at in pairs if clean[at] in OPENERS)
    found = set()
    for match in AWAIT.finditer(clean):
        start, end, keyword = full_expression(clean, match.start(), pairs, openers)
        if keyword == "switch":
            found.add((sources.line_of(clean, match.start()), "a switch on co_await"))
        found |= {(sources.line_of(clean, at), words) for at, words in offenders(clean, start, end, pairs)}
    return sorted(found)


def check(root):
    for name in sources.cpp_files(root):
        for line, words in check_text(sources.read(root, name)):
            yield name, line, words + " (g++ 12 frees twice): name it on the line before, or construct it with (…)"
