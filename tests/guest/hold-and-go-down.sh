# SPDX-License-Identifier: GPL-2.0-only
# usage: hold-and-go-down.sh reboot|shutdown|idle
#
# Leaves calls in OP-TEE and callers that wait for a thread, and goes down:
# "reboot" at once, "shutdown" by leaving it to the guest's init. "idle" leaves
# sessions and shared memory only, and goes down at once. Not a test by itself:
# the host measures the time, and reads the log.
insmod /lib/modules/lab/smc_watch.ko || exit 1
what=hold-for-ever
[ "$1" != idle ] || what=hold-memory
setsid gt $what >/dev/null 2>&1 </dev/null &
tries=0
until [ -e /tmp/held ]; do
	tries=$((tries + 1))
	[ $tries -lt 300 ] || { echo "no calls in OP-TEE"; exit 1; }
	usleep 50000
done
echo "held"
echo "gt: going down" >/dev/kmsg
[ "$1" = shutdown ] || reboot -f
