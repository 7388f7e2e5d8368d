# SPDX-License-Identifier: MIT
"""How much memory may I use, and how much can I still get?"""
import signal
import sys

import mymem

# The reader of the output may stop early, as head(1) does.
signal.signal(signal.SIGPIPE, signal.SIG_DFL)
try:
    limit, available = mymem.limit(), mymem.available()
    pressure = mymem.pressure()
except OSError as error:
    sys.exit(f"available: {error.strerror}")
print(f"limit      {limit >> 20:8} MiB")
print(f"available  {available >> 20:8} MiB")
print(f"pressure   {pressure:>8}")
