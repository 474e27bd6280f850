# SPDX-License-Identifier: GPL-2.0-only
# D8: a driver that is loaded while a secure thread is taken for good, as after
# a crash and kexec, says so, is there in bounded time, and works.
driver=/lib/modules/$(cat /etc/lab/driver)/optee.ko

killall -9 tee-supplicant
usleep 300000
rmmod optee || { echo "the driver cannot be unloaded"; exit 1; }
insmod /lib/modules/lab/leak_thread.ko || { echo "no thread was taken"; exit 1; }

start=$(cut -d. -f1 /proc/uptime)
# One that hangs must not hold this output, too
insmod "$driver" >/dev/null 2>&1 </dev/null & loading=$!
is_loading() {
	state=$(cut -d' ' -f3 /proc/$loading/stat 2>/dev/null)
	[ -n "$state" ] && [ "$state" != Z ]
}
while is_loading; do
	now=$(cut -d. -f1 /proc/uptime)
	if [ $((now - start)) -ge 10 ]; then
		echo "the driver is still being loaded after 10 s," \
			"in state $(cut -d' ' -f3 /proc/$loading/stat)"
		exit 3
	fi
	usleep 100000
done
took=$(($(cut -d. -f1 /proc/uptime) - start))
[ -e /dev/teepriv0 ] || { echo "there is no device after $took s"; exit 3; }
tee-supplicant >/dev/null 2>&1 </dev/null &
usleep 500000
if ! said=$(gt traffic); then
	echo "loaded after $took s, but it does not work: $said"
	exit 3
fi
if ! dmesg | sed -n '/gone for good/,$p' | grep -q 'optee.*firmware:optee\|optee: '; then
	echo "loaded after $took s, and works, but says nothing"
	exit 3
fi
echo "loaded after $took s, and works"
