# SPDX-License-Identifier: GPL-2.0-only
# usage: awk -f titles.awk -f table.awk RESULTS
# Lines of "kernel axis at what phase figure" as tables for people
{
	figure[$1, $2, $3, $4, $5] = $6
	if (!($1 in known_kernel)) {
		known_kernel[$1]
		kernel[++kernels] = $1
	}
	if (!(($2, $3) in known_point)) {
		known_point[$2, $3]
		point[$2, ++points[$2]] = $3
	}
}

function get(k, axis, at, what, phase) {
	return figure[k, axis, at, what, phase]
}

function cell(value) {
	printf " %12s", value == "" || value == "-" ? "-" : value
}

# One row: the figures of @what, or with @by how many times those of that. Those of
# time are in microseconds, ratios and waits in themselves.
function row(title, k, axis, what, phase, by,    i, v, b) {
	printf "  %-10s %-34s", k, title
	for (i = 1; i <= points[axis]; i++) {
		v = get(k, axis, point[axis, i], what, phase)
		if (by != "" && v != "" && v != "-") {
			b = get(k, axis, point[axis, i], by, phase)
			v = b > 0 ? sprintf("%.2f", v / b) : "-"
		}
		if (v ~ /[0-9]/ && (axis == "waits" || phase ~ /^ratio/))
			v = sprintf("%.1f", v / 100)
		else if (v ~ /[0-9]/ && axis ~ /^time-/)
			v = sprintf("%.0f", v / 1000)
		cell(v)
	}
	print ""
}

function head(title, axis,    i) {
	printf "\n%s\n  %-45s", title, axis ":"
	for (i = 1; i <= points[axis]; i++)
		cell(point[axis, i])
	print ""
}

function rows(axis, phase, list,    i, n, names, k) {
	n = split(list, names, " ")
	for (i = 1; i <= n; i++)
		for (k = 1; k <= kernels; k++)
			row(title[names[i]], kernel[k], axis, names[i], phase)
}

function ratios(text, what, by, axis, phase,    k) {
	for (k = 1; k <= kernels; k++)
		row(text, kernel[k], axis, what, phase, by)
}

# Time, by the number of tasks that do it at once
function times(workers,    axis) {
	axis = "time-" workers
	head("Time of a container, microseconds, two processors, " workers \
	     " at once, by mounts of the caller", axis)
	ratios("fork, exit, wait", "clone_plain", "", axis, "whole")
	rows(axis, "whole", "clone_uts clone_empty clone_full")
	spread("clone3: empty : CLONE_NEWUTS", "clone_empty", axis)
	head("  start", axis)
	rows(axis, "start", ways)
	spread("classic : FSMOUNT_NAMESPACE", "classic", axis)
	spread("launcher: pivot : namespace", "launch_pivot", axis)
	head("  end", axis)
	rows(axis, "end", ways)
}

function spread(text, what, axis) {
	ratios(text, what, "", axis, "ratio")
	ratios("  lowest", what, "", axis, "ratio_lowest")
	ratios("  highest", what, "", axis, "ratio_highest")
}

function scaling(processors,    axis) {
	axis = "workers-" processors
	head("Namespaces a second, 1,000 mounts, " processors " processors", axis)
	rows(axis, "per_second", busy)
	ratios("empty : full", "unshare_empty", "unshare_full", axis,
	       "per_second")
	head("Another task's mount() meanwhile, ns in the mean", axis)
	rows(axis, "mount_mean", "idle " busy)
	head("The 99th percentile of that, ns", axis)
	rows(axis, "mount_99th", "idle " busy)
}

END {
	all = "unshare_uts unshare_full unshare_empty clone_plain clone_full " \
	      "clone_empty fsmount_ns fsmount_open_tree_ns classic"
	calls = "unshare_empty clone_empty fsmount_ns fsmount_ns_refused " \
		"open_tree_ns open_tree_ns_recursive open_tree_ns_directory " \
		"open_tree_ns_all beneath listmount_one ns_get_info"
	ways = "clone_empty fsmount_ns fsmount_open_tree_ns classic clone_full " \
	       "launch_namespace launch_empty launch_beneath launch_pivot"
	waiting = "clone_plain clone_uts " ways
	busy = "unshare_full unshare_empty fsmount_ns classic"
	kept = "unshare_full unshare_empty fsmount_ns fsmount_open_tree_ns classic"

	head("Making a mount namespace, instructions, by mounts of the caller",
	     "mounts")
	rows("mounts", "make", all)
	ratios("empty : CLONE_NEWUTS", "unshare_empty", "unshare_uts", "mounts",
	       "make")
	ratios("full : empty", "unshare_full", "unshare_empty", "mounts", "make")
	ratios("classic : FSMOUNT_NAMESPACE", "classic", "fsmount_ns", "mounts",
	       "make")
	ratios("by OPEN_TREE : FSMOUNT_NAMESPACE", "fsmount_open_tree_ns",
	       "fsmount_ns", "mounts", "make")
	head("Leaving it again, instructions", "mounts")
	rows("mounts", "drop", kept " clone_plain clone_full clone_empty")
	head("Memory of one, bytes of slabs", "mounts")
	rows("mounts", "slab", kept)
	head("Calls beside mounts in one directory, instructions", "directory")
	rows("directory", "make", calls)
	head("Calls beside mounts in a chain, instructions", "chain")
	rows("chain", "make", calls)
	head("Switching the root, instructions, by tasks in the system", "tasks")
	rows("tasks", "make", "switch_beneath switch_pivot")

	head("Grace periods that a container waits for, 100 mounts", "waits")
	rows("waits", "grace_periods", waiting)
	head("  expedited", "waits")
	rows("waits", "expedited_grace_periods", waiting)
	head("Interrupts of busy processors by function calls, eight processors",
	     "waits")
	rows("waits", "interrupts", waiting)
	scaling(2)
	scaling(8)
	times(1)
	times(2)
	times(4)
	print ""
}
