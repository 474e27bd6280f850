# SPDX-License-Identifier: GPL-2.0-only
# Leaves calls in OP-TEE and callers that wait for a thread, and goes down:
# "reboot" at once, "shutdown" by leaving it to the guest's init. The host
# measures the time. Not a test by itself: hold-and-go-down.sh reboot|shutdown
insmod /lib/modules/lab/smc_watch.ko || exit 1
setsid gt hold-for-ever >/dev/null 2>&1 </dev/null &
tries=0
until [ -e /tmp/held ]; do
	tries=$((tries + 1))
	[ $tries -lt 300 ] || { echo "no calls in OP-TEE"; exit 1; }
	usleep 50000
done
echo "held"
echo "gt: going down" >/dev/kmsg
[ "$1" = shutdown ] || reboot -f
