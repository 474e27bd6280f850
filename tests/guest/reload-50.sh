# SPDX-License-Identifier: GPL-2.0-only
# Loaded and unloaded 50 times with traffic between, the driver leaves nothing
# behind, by the kernel's own accounting. Measured while it is not loaded, after
# 10, 30 and 50 rounds: what grows once is a cache, what grows on is a leak.
driver=/lib/modules/$(cat /etc/lab/driver)/optee.ko

# Bytes in slab objects, of what is not the file system's or a process's
slab() {
	echo 3 >/proc/sys/vm/drop_caches
	awk '$1 ~ /^kmalloc-|^radix_tree|^maple|^kernfs|^vmap_area|^task_delay/ {
		sum += $2 * $4 } END { printf "%d", sum / 1024 }' /proc/slabinfo
}

vmalloc() {
	awk '{ sum += $2 } END { printf "%d %d", NR, sum / 1024 }' /proc/vmallocinfo
}

free_kb() {
	awk '$1 == "MemFree:" { print $2 }' /proc/meminfo
}

# The caches that grew most since the last time, for who has to find the leak
measure() {
	usleep 500000
	awk '{ print $1, $2 * $4 }' /proc/slabinfo >/tmp/slab.now
	[ ! -e /tmp/slab.then ] || awk 'NR == FNR { then[$1] = $2; next }
		$2 - then[$1] >= 4096 { print "#", $1, "+" $2 - then[$1] }' \
		/tmp/slab.then /tmp/slab.now >&2
	mv /tmp/slab.now /tmp/slab.then
	echo "$(slab) $(vmalloc) $(free_kb)"
}

unload() {
	tries=0
	until rmmod optee 2>/dev/null; do
		tries=$((tries + 1))
		if [ $tries -ge 100 ]; then
			echo "round $1: still in use: $(grep ^optee /proc/modules)"
			exit 3
		fi
		usleep 20000
	done
}

# Each CPU keeps free pages for itself, and newer kernels megabytes of them
echo 100000 >/proc/sys/vm/percpu_pagelist_high_fraction
killall -9 tee-supplicant
rmmod lab_tee 2>/dev/null
usleep 300000
unload 0
round=1
while [ $round -le 50 ]; do
	insmod "$driver" || { echo "round $round: cannot be loaded"; exit 3; }
	tee-supplicant >/dev/null 2>&1 </dev/null &
	usleep 100000
	if [ $((round % 20)) -eq 0 ]; then
		said=$(gt traffic)
	else
		said=$(gt reload-traffic)
	fi || { echo "round $round: $said"; exit 3; }
	killall -9 tee-supplicant
	wait
	unload $round
	case $round in
	10) first=$(measure) ;;
	30) second=$(measure) ;;
	50) third=$(measure) ;;
	esac
	round=$((round + 1))
done
users=$(awk '$1 == "tee" { print $3 }' /proc/modules)
echo "slab kB, vmalloc areas and kB, free kB: $first, $second, $third" >&2
# shellcheck disable=SC2086 # four numbers each
set -- $first $second $third
grew() {
	# Both times, and by more than the same rounds of the stock driver vary
	[ $(($2 - $1)) -gt "$4" ] && [ $(($3 - $2)) -gt "$4" ]
}
if grew "$1" "$5" "$9" 100; then echo "slab grows: $1 $5 $9 kB"; exit 3; fi
if grew "$2" "$6" "${10}" 2; then
	echo "areas in vmallocinfo: $2 $6 ${10}"; exit 3
fi
if grew "-$4" "-$8" "-${12}" 1000; then
	echo "free memory shrinks: $4 $8 ${12} kB"; exit 3
fi
[ "$users" = 0 ] || { echo "tee.ko has $users users"; exit 3; }
if grep -q optee /proc/vmallocinfo; then
	echo "left in vmallocinfo: $(grep -m 1 optee /proc/vmallocinfo)"; exit 3
fi
insmod "$driver"
echo "slab $1 $5 $9 kB, vmalloc $3 $7 ${11} kB, free $4 $8 ${12} kB"
