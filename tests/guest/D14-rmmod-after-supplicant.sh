# SPDX-License-Identifier: GPL-2.0-only
# D14: the work that a supplicant's arrival starts is over or cancelled before
# the driver is gone.
driver=/lib/modules/$(cat /etc/lab/driver)/optee.ko

killall -9 tee-supplicant
usleep 300000
rounds=0
while [ $rounds -lt 12 ]; do
	if [ -e /dev/teepriv0 ]; then
		# Open and close: the first open starts the work
		: <>/dev/teepriv0
		[ $((rounds % 3)) -eq 0 ] || usleep $((rounds * 1500))
	fi
	tries=0
	until rmmod optee 2>/dev/null; do
		tries=$((tries + 1))
		[ $tries -lt 100 ] || { echo "cannot be unloaded"; exit 3; }
		usleep 20000
	done
	insmod "$driver" || { echo "cannot be loaded again"; exit 3; }
	rounds=$((rounds + 1))
done
tee-supplicant >/dev/null 2>&1 </dev/null &
usleep 300000
said=$(gt traffic) || { echo "it does not work: $said"; exit 3; }
echo "$rounds times"
