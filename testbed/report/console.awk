# SPDX-License-Identifier: GPL-2.0-only
# The part of testbed/report/report that reads the console of a kernel

# What a kernel says when something is wrong with it
function splat(line) {
	return line ~ /WARNING:|BUG:|UBSAN:|Oops|Kernel panic|Call Trace/ ||
	       line ~ /cut here|general protection|nable to handle/ ||
	       line ~ /(self-|expedited |CPUs\/tasks: )?detected .*stall/ ||
	       line ~ /soft lockup|hard LOCKUP|blocked for more than/ ||
	       line ~ /suspicious RCU|[a-z] locking dependency|bad unlock/ ||
	       line ~ /atomic context|while atomic|invalid wait context/ ||
	       line ~ /unreferenced object|suspected memory leaks/ ||
	       line ~ /BUG [^ ]+ \((Not t|T)ainted|ODEBUG|ref_tracker: / ||
	       line ~ /kernel BUG|bad: scheduling|non-static key/ ||
	       line ~ /leak detector disabled|locking correctness validator/ ||
	       line ~ /list_(add|del).*corruption|refcount_t:|Busy inodes/ ||
	       line ~ /oom-killer|allocation failure|process .* leaked/ ||
	       (line ~ /Tainted:/ && line !~ /Not tainted/)
}

# A cgroup that runs out of memory, as a test has it, is no trouble, nor is the
# one trace of calls that comes with it. The whole machine running out is.
function of_a_cgroup(line) {
	if (line ~ /invoked oom-killer: /) {
		pending++
		traces = 1
		return 1
	}
	if (pending && traces && line ~ /Call Trace:$/) {
		traces--
		return 1
	}
	if (line ~ /oom-kill:constraint=CONSTRAINT_MEMCG/)
		pending = traces = 0
	return 0
}

function judge_console(file,    line, lines, trouble, text, quoted, end) {
	pending = traces = 0
	while ((getline line < file) > 0) {
		lines++
		sub(/\r$/, "", line)
		if (!of_a_cgroup(line) && splat(line))
			trouble++
		if (trouble && quoted++ < 25)
			text = text (text == "" ? "" : "\n") "    | " line
		if (line ~ /reboot: Restarting system/)
			end = 1
		else if (line ~ /^<[0-4]>/)
			warnings[part]++
	}
	if (pending)
		problem("out of memory, see " file)
	if (trouble)
		problem(trouble " lines of trouble in " file, text)
	if (!lines)
		problem("there is nothing in " file)
	else if (!end)
		problem("the machine didn't reset itself, see " file)
}
