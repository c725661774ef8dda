# SPDX-License-Identifier: GPL-2.0-only
# usage: gnuplot -e "data='PREFIX'; out='PREFIX'" bench-mounts.gnuplot
set logscale xy
set xlabel "mounts of the caller, and one"
set ylabel "instructions"
set title "Making a mount namespace"
set key below
set grid
file(what) = data."-".what.".dat"
set terminal svg size 900,600
set output out.".svg"
plot file("unshare_full") with linespoints title "unshare(CLONE\\_NEWNS)", \
     file("classic") with linespoints title "with a root: unshare, mount, pivot\\_root, umount", \
     file("fsmount_open_tree_ns") with linespoints title "with a root: OPEN\\_TREE\\_NAMESPACE of a new mount", \
     file("fsmount_ns") with linespoints title "with a root: FSMOUNT\\_NAMESPACE", \
     file("unshare_empty") with linespoints title "unshare(UNSHARE\\_EMPTY\\_MNTNS)"
set terminal png size 900,600
set output out.".png"
replot
