# SPDX-License-Identifier: GPL-2.0-only
# As chain-storage, but the disk turns its clock on in a workqueue: as that call
# cannot be followed, it is one of the SYSTEM class like any of SCMI's.
exec sh /usr/lib/gt/chain-storage.sh 1
