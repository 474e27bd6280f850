# SPDX-License-Identifier: GPL-2.0-only
# A key made and sealed by OP-TEE can be had again from what was sealed, and
# from nothing else.
. /usr/lib/gt/trusted-lib.sh
trusted_load

key_new gt || fault "no key was made"
blob=$(key_blob gt)
size=${#blob}
# 32 bytes of key at least, and not twice the same
[ "$size" -gt 64 ] || fault "sealed in $size digits"
key_new other || fault "no second key was made"
[ "$(key_blob other)" != "$blob" ] || fault "two keys are the same"
key_forget gt
key_load gt "$blob" || fault "what was sealed does not unseal"
[ "$(key_blob gt)" = "$blob" ] || fault "another key came back"

# OP-TEE's app reserves the first byte, which means nothing yet. Then 16 of
# an initialisation vector, 16 of a tag, and the key.
for n in 3 34 35 66 67 "$size"; do
	key_load wrong "$(with_flipped "$blob" "$n")" 2>/dev/null &&
		fault "unseals with digit $n of $size changed"
done
key_load wrong "$(echo "$blob" | cut -c "1-$((size - 2))")" 2>/dev/null &&
	fault "unseals without its last byte"
trusted_unload
echo "unsealed again; six changed blobs and a short one refused"
