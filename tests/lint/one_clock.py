"""One door to time: nobody reads or waits for time but common/base/clock.cpp. Everybody else is told."""
import re

import sources

EXEMPT = ("common/base/clock.cpp", "tests/sandbox/", "tests/system/", "bench/")
READS = re.compile(
    r"""::\s*now\s*\(
      | \bsleep_(?:for|until)\s*\(\s*std\s*::\s*this_thread
      | \bthis_thread\s*::\s*sleep_(?:for|until)\b
      | (?<![\w.>])(?<!->)(?:std\s*::\s*)?time\s*\(\s*(?:nullptr|NULL|0|&[\w.]+)\s*\)
      | (?<![\w.>:])(?:::)?(?:usleep|nanosleep|clock_nanosleep|clock_gettime|gettimeofday|timespec_get)\s*\(
      | (?<![\w.>:])(?:::)?sleep\s*\(\s*[0-9]
    """, re.VERBOSE)
SQL_READS = re.compile(r"CURRENT_TIME(?:STAMP)?\b|CURRENT_DATE\b|\(\s*'now'|unixepoch\(\s*\)", re.IGNORECASE)


def check(root):
    for name in sources.cpp_files(root):
        if name.startswith(EXEMPT):
            continue
        text = sources.read(root, name)
        clean = sources.code(text)
        found = {sources.line_of(clean, match.start()): match[0] for match in READS.finditer(clean)}
        kept = sources.code(text, keep_strings=True)
        found |= {sources.line_of(kept, match.start()): match[0] for match in SQL_READS.finditer(kept)}
        for line, words in sorted(found.items()):
            yield name, line, f"'{' '.join(words.split())}' reads or waits for time: take now as an argument, or base::Clock"
