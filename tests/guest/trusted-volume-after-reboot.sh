# SPDX-License-Identifier: GPL-2.0-only
# The second of two boots: the volume of the first is read with the key that was
# sealed there.
. /usr/lib/gt/trusted-lib.sh
[ -s $carried/image ] || broken "nothing came from the first boot"
trusted_load
key_new wrong || broken "no key was made"
volume_open $carried/image wrong || broken "does not open with another key"
[ "$(sha256sum </dev/mapper/gt)" != "$(cat $carried/sum)" ] ||
	fault "another key decrypts it"
volume_close
key_load gt "$(cat $carried/blob)" || fault "the key does not unseal"
volume_open $carried/image gt || fault "does not open"
[ "$(sha256sum </dev/mapper/gt)" = "$(cat $carried/sum)" ] ||
	fault "what is read is not what was written in the first boot"
volume_close
trusted_unload
echo "written in another boot, read in this one"
