# SPDX-License-Identifier: MIT
# The rows of the table of system calls in libmymem(7), as strings of C.
/^\.Sh / { inside = $2 == "SANDBOXES" }
inside && /^\.It [a-z].* Ta .* Ta / { printf "\"%s\\n\"\n", $0 }
