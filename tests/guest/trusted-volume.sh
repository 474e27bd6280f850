# SPDX-License-Identifier: GPL-2.0-only
# A dm-crypt volume opens with the key that OP-TEE unseals for it, and with no
# other. User space sees the sealed key only.
. /usr/lib/gt/trusted-lib.sh
trusted_load
cd /tmp || exit 1

dd if=/dev/zero of=image bs=64k count=4 2>/dev/null
dd if=/dev/urandom of=data bs=64k count=4 2>/dev/null
key_new gt || broken "no key was made"
blob=$(key_blob gt)
volume_open image gt || fault "dm-crypt does not take the key"
dd if=data of=/dev/mapper/gt bs=64k conv=fsync 2>/dev/null
volume_holds data || fault "what was written is not what is read"
volume_close
! cmp -s image data || fault "it lies there in the clear"

key_forget gt
volume_open image gt 2>/dev/null && fault "opens without a key"
key_new wrong || broken "no second key was made"
volume_open image wrong || broken "does not open with another key"
volume_holds data && fault "another key decrypts it"
volume_close
key_load gt "$blob" || fault "what was sealed does not unseal"
volume_open image gt || fault "does not open again"
volume_holds data || fault "another key came back"
volume_close
trusted_unload
rm -f image data
echo "read again with the unsealed key, not with another, not without one"
