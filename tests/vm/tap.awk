# SPDX-License-Identifier: MIT
#
# tap.awk - what guest/run prints, as one TAP stream.  -v world=NAME begins each
# description, -v count=N continues a count; the last line is "# count N".
# Exit: 1 if a test failed, or was not what it planned to be.

function result(ok, text) {
	print ok, ++count, "- " world ": " name ": " text
	if (ok != "ok")
		failed = 1
}

function diagnostic(line) {
	sub(/^# /, "", line)
	print "# " world ": " name ": " line
}

{ sub(/\r$/, "") }
/^# begin / {
	name = substr($0, 9)
	plan = "none"
	seen = bad = 0
	next
}
/^# end / {
	if ($3 != 0 && !bad)
		result("not ok", "ended with " $3)
	else if (plan != "skip" && plan != seen)
		result("not ok", "planned " plan ", made " seen)
	diagnostic("in " $4 " s")
	name = ""
	tests++
	next
}
name == "" { next }
/^1\.\.0/ {
	plan = "skip"
	why = $0
	sub(/^1\.\.0 *(# *SKIP *)?/, "", why)
	result("ok", "all # SKIP " why)
	next
}
/^1\.\.[0-9]+$/ { plan = substr($0, 4); next }
/^(not )?ok/ {
	ok = /^not/ ? "not ok" : "ok"
	bad += ok != "ok"
	seen++
	sub(/^(not )?ok *[0-9]* *(- )?/, "")
	result(ok, $0)
	next
}
/^Bail out!/ { bad++; result("not ok", $0); next }
NF { diagnostic($0) }
END {
	if (name != "")
		result("not ok", "was not at its end")
	name = "suite"
	if (tests != wanted)
		result("not ok", wanted " tests wanted, " tests + 0 " ended")
	print "# count " count
	exit failed
}
