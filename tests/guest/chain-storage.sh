# SPDX-License-Identifier: GPL-2.0-only
# What tee-supplicant keeps for OP-TEE, trusted apps and objects, lies on a disk
# behind an SCMI clock: processes and in-kernel clients are served.
# With "queued" the disk turns its clock on in a workqueue.
queued=${1-0}
disk=/var/lib/optee-client/data/tee

end() {
	umount /usr/lib/optee_armtz 2>/dev/null
	umount -l $disk 2>/dev/null
	rmmod lab_disk
	echo "$2"
	exit "$1"
}

insmod /lib/modules/lab/lab_disk.ko queued="$queued" || end 1 "no lab_disk"
mkdosfs /dev/lab_disk >/dev/null 2>&1 || end 1 "no file system"
modprobe -q vfat
modprobe -q nls_cp437
modprobe -q nls_ascii
mkdir -p $disk
mount -t vfat /dev/lab_disk $disk || end 1 "it is not mounted"
mkdir $disk/apps
cp /usr/lib/optee_armtz/f5368b44-*.ta $disk/apps/
mount -o bind $disk/apps /usr/lib/optee_armtz || end 1 "no trusted apps there"

user=$(gt chain-storage-user) || end $? "from processes: $user"
kernel=$(gt chain-storage-kernel) || end $? "from the kernel: $kernel"
deep=
if [ "$GT_THREADS" -ge 3 ]; then
	deep=$(gt chain-storage-deep) || end $? "two deep: $deep"
fi
[ -n "$(find $disk -name dirf.db)" ] || end 1 "nothing was stored on the disk"
end 0 "from processes: $user; from the kernel: $kernel${deep:+; $deep}"
