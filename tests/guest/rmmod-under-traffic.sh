# SPDX-License-Identifier: GPL-2.0-only
# The driver is not unloaded while it is used, and is when it is not.
refused() {
	if said=$(rmmod optee 2>&1); then
		echo "unloaded $1"
		exit 3
	fi
	case $said in
	*[Bb]usy* | *"temporarily unavailable"*) ;;
	*) echo "$1: $said"; exit 3 ;;
	esac
}

refused "under a supplicant"
rm -f /tmp/enough
(until [ -e /tmp/enough ]; do gt traffic || exit; done) >/dev/null 2>&1 & traffic=$!
usleep 500000
tries=0
while [ $tries -lt 20 ]; do
	refused "under traffic"
	usleep 50000
	tries=$((tries + 1))
done
# Not killed: OP-TEE itself may not survive that, see lab/README.md
touch /tmp/enough
wait $traffic
killall -9 tee-supplicant 2>/dev/null
exec 8<>/dev/tee0
refused "while a device is open"
exec 8>&-
usleep 500000
tries=0
until rmmod optee 2>/dev/null; do
	tries=$((tries + 1))
	[ $tries -lt 100 ] || { echo "still in use: $(grep optee /proc/modules)"; exit 3; }
	usleep 50000
done
[ "$(awk '$1 == "tee" { print $3 }' /proc/modules)" = 0 ] ||
	grep -q lab_tee /proc/modules ||
	{ echo "tee.ko is still in use"; exit 3; }
insmod "/lib/modules/$(cat /etc/lab/driver)/optee.ko" ||
	{ echo "cannot be loaded again"; exit 3; }
echo "refused while in use, unloaded after"
