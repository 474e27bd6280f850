# SPDX-License-Identifier: GPL-2.0-only
# The second of two boots: the key that was sealed in the first unseals, so what
# OP-TEE seals with is the machine's own; a changed one does not.
. /usr/lib/gt/trusted-lib.sh
[ -s $carried/blob ] || broken "nothing came from the first boot"
trusted_load
blob=$(cat $carried/blob)
key_load wrong "$(with_flipped "$blob" 40)" 2>/dev/null &&
	fault "a changed blob unseals"
key_load gt "$blob" || fault "what was sealed before does not unseal"
trusted_unload
echo "sealed in another boot, unsealed in this one"
