# SPDX-License-Identifier: GPL-2.0-only
#
# What the tests of trusted keys share; sourced. Run again in a session keyring
# of its own, so that keyctl, dmsetup and the kernel see the same keys.
if [ -z "$GT_KEYRING" ]; then
	GT_KEYRING=1 exec keyctl session - sh "$0" "$@"
fi

export DM_DISABLE_UDEV=1
carried=/var/lib/gt

fault() {
	trusted_unload
	echo "$*"
	exit 3
}

broken() {
	trusted_unload
	echo "$*"
	exit 1
}

# The kernel's modules, as lab/key-modules builds them.
trusted_load() {
	trusted_unload
	insmod /lib/modules/lab/trusted.ko source=tee || broken "no trusted.ko"
	grep -q '^trusted' /proc/modules || broken "trusted.ko is not there"
	modprobe -q dm-mod
	modprobe -q loop
	modprobe -q xts
	insmod /lib/modules/lab/dm-crypt.ko || broken "no dm-crypt.ko"
}

# All is as before: nobody is a client of the TEE any more.
trusted_unload() {
	[ ! -e /dev/mapper/gt ] || dmsetup remove gt
	losetup -d /dev/loop0 2>/dev/null
	rmmod dm_crypt trusted 2>/dev/null
}

# key_new NAME: a key that OP-TEE makes and seals
key_new() {
	keyctl add trusted "$1" "new 32" @s >/dev/null
}

# key_load NAME BLOB
key_load() {
	keyctl add trusted "$1" "load $2" @s >/dev/null
}

# key_blob NAME: the sealed key, all that user space ever sees
key_blob() {
	keyctl print "$(keyctl search @s trusted "$1")"
}

key_forget() {
	keyctl unlink "$(keyctl search @s trusted "$1")" @s >/dev/null
}

# with_flipped BLOB N: its hexadecimal digit N is another one
with_flipped() {
	echo "$1" | awk -v n="$2" '{
		print substr($0, 1, n - 1) (substr($0, n, 1) == "0" ? "1" : "0") \
			substr($0, n + 1) }'
}

# volume_open FILE NAME: FILE, decrypted with that key, is /dev/mapper/gt
volume_open() {
	losetup /dev/loop0 "$1" || broken "no loop device"
	dmsetup create gt --table \
		"0 $(($(stat -c %s "$1") / 512)) crypt aes-xts-plain64 :32:trusted:$2 0 /dev/loop0 0" &&
		return
	losetup -d /dev/loop0
	return 1
}

volume_close() {
	sync
	dmsetup remove gt || fault "the volume does not close"
	losetup -d /dev/loop0
}

# volume_holds FILE: what can be read there, not from a cache
volume_holds() {
	echo 3 >/proc/sys/vm/drop_caches
	cmp -s -n "$(stat -c %s "$1")" "$1" /dev/mapper/gt
}
