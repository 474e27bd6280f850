# SPDX-License-Identifier: GPL-2.0-only
# The part of OP-TEE's own tests that goes through every part of the driver:
# cancellation and waiting (1009), many callers at once (1013, 6016),
# single instance with many sessions, so notifications (1012, 1036), shared
# memory of every kind (1025, 1030, 1032, 5006), TA loading (1019), plugins
# (1033), storage (1015, 6001-6004), sockets (2001, 2002), time (1006).
ip link set lo up
xtest -l 0 -t regression 1006 1009 1012 1013 1015 1019 1025 1030 1032 1033 \
	1036 2001 2002 5006 6001 6002 6003 6004 6016 >/tmp/xtest.log 2>&1
status=$?
grep -E 'test cases? (was|of which)|subtests? of which|test cases' /tmp/xtest.log >&2
if [ $status -ne 0 ]; then
	grep -E 'FAIL|has an unexpected' /tmp/xtest.log | head -n 20 >&2
	echo "xtest failed: $(grep -c FAIL /tmp/xtest.log) lines say FAIL"
	exit 3
fi
grep -E '^[0-9]+ test' /tmp/xtest.log | tr '\n' ';' 
