# SPDX-License-Identifier: GPL-2.0-only
# usage: gnuplot -e "plot='start|mounts|tasks'; data='PREFIX'; out='PREFIX'" plot.gnuplot
# Data is in PREFIX-AXIS-WHAT.dat.
axis = plot eq "start" ? "time-1" : plot
unit = plot eq "start" ? 1e6 : 1
file(what) = data."-".axis."-".what.".dat"
in = "using 1:($2/unit) with linespoints"

set logscale xy
set grid linecolor "#dddddd"
set border 3
set tics nomirror
set bmargin 10
set rmargin 6
set key at screen 0.5, screen 0.2 center top vertical maxrows 5 reverse Left
set style line 1 linecolor "#a0a0a0" linewidth 2 pointtype 7
set style line 2 linecolor "#c0392b" linewidth 2 pointtype 7
set style line 3 linecolor "#2471a3" linewidth 2 pointtype 7
set style line 4 linecolor "#1e8449" linewidth 2 pointtype 7
set style line 5 linecolor "#d68910" linewidth 2 pointtype 7
set ylabel plot eq "start" ? "milliseconds" : "instructions"

if (plot eq "tasks") {
	set title "MOVE\\_MOUNT\\_BENEATH switches the root in the same time, however many tasks there are"
	set xlabel "tasks in the system"
	set xrange [10:5000]
	draw = "plot file('switch_pivot') @in linestyle 2 title 'pivot\\_root', \
		file('switch_beneath') @in linestyle 4 title 'move\\_mount beneath the root'"
} else {
	set title plot eq "start" ? \
		"With the new flags, the caller's mounts add nothing to a container's start" : \
		"With the new flags, the caller's mounts add nothing to the cost"
	set xlabel "mounts that the caller has"
	set xrange [1:10001]
	set xtics ("0" 1, "10" 11, "100" 101, "1,000" 1001, "10,000" 10001)
	draw = "plot file('classic') @in linestyle 2 title 'root: unshare, mount, pivot\\_root, umount', \
		file('fsmount_open_tree_ns') @in linestyle 5 title 'root: OPEN\\_TREE\\_NAMESPACE', \
		file('fsmount_ns') @in linestyle 4 title 'root: FSMOUNT\\_NAMESPACE', \
		file('clone_full') @in linestyle 1 title 'no root: CLONE\\_NEWNS', \
		file('clone_empty') @in linestyle 3 title 'no root: CLONE\\_EMPTY\\_MNTNS'"
}
set terminal svg size 800,520 font "sans-serif,13" background "white"
set output out.".svg"
eval draw
set terminal png size 800,520
set output out.".png"
eval draw
