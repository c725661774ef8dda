# SPDX-License-Identifier: GPL-2.0-only
# Lines of "kernel axis at what phase figure" as a JSON array; null stands for
# what the kernel can't do. See mntns_bench.c for what they mean.
function unit() {
	if ($5 == "slab" || $5 == "percpu")
		return "bytes"
	if ($5 ~ /^ratio/ || $2 == "waits")
		return "1/100"
	if ($2 !~ /^(workers|time-)/)
		return "instructions"
	return $5 == "per_second" ? "1/s" : "ns"
}

BEGIN { print "[" }
NR > 1 { print separator }
{
	printf "\t{ \"kernel\": \"%s\", \"axis\": \"%s\", \"at\": %d, " \
	       "\"what\": \"%s\", \"phase\": \"%s\", \"unit\": \"%s\", " \
	       "\"value\": %s }", $1, $2, $3, $4, $5, unit(),
	       $6 == "-" ? "null" : $6
	separator = ","
}
END { print "\n]" }
