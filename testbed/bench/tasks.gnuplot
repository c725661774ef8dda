# SPDX-License-Identifier: GPL-2.0-only
# usage: gnuplot -e "data='PREFIX'; out='PREFIX'" bench-tasks.gnuplot
set logscale xy
set xlabel "tasks in the system"
set ylabel "instructions"
set title "Switching the root"
set key below
set grid
file(what) = data."-".what.".dat"
set terminal svg size 900,600
set output out.".svg"
plot file("switch_pivot") with linespoints title "pivot\\_root", \
     file("switch_beneath") with linespoints title "move\\_mount beneath the root"
set terminal png size 900,600
set output out.".png"
replot
