# SPDX-License-Identifier: GPL-2.0-only
# The first of two boots: makes a key and a volume, and writes what a disk would
# keep, the sealed key, the volume, and a sum of what is on it, to standard
# output as a tar archive.
. /usr/lib/gt/trusted-lib.sh
trusted_load
mkdir -p $carried
cd $carried || exit 1

dd if=/dev/zero of=image bs=64k count=1 2>/dev/null
dd if=/dev/urandom of=/tmp/data bs=64k count=1 2>/dev/null
key_new gt || broken "no key was made"
key_blob gt >blob
volume_open image gt || broken "dm-crypt does not take the key"
dd if=/tmp/data of=/dev/mapper/gt bs=64k conv=fsync 2>/dev/null
volume_close
trusted_unload
sha256sum </tmp/data >sum
tar -c -C / "${carried#/}"
