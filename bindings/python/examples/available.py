# SPDX-License-Identifier: MIT
"""How much memory may I use, and how much can I still get?"""
import sys

import mymem

try:
    limit, available = mymem.limit(), mymem.available()
except OSError as error:
    sys.exit(f"available: {error.strerror}")
print(f"limit      {limit >> 20:8} MiB")
print(f"available  {available >> 20:8} MiB")
print(f"pressure   {mymem.pressure():>8}")
