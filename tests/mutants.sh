#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What those share that try the broken variants of tests/unit/mutants.list: which
# of them, and as many at once as are wanted. Sourced by each, in a directory
# beside that one, as: . ../mutants.sh FILE [NAME...]
#
# Those of FILE, or "" for all; of these those named, or all. Who sources it has
# a function share K N, that tries each of `mutants_of K N`.

list=../unit/mutants.list
of_file=$1 names=("${@:2}")

# mutants_of K N: lines "FILE NAME EXPRESSION", every N-th from the K-th on
mutants_of() {
	awk -v k="$1" -v n="$2" -v file="$of_file" -v names=" ${names[*]} " '
		/^#/ || !NF || (file && $1 != file) { next }
		names != "  " && !index(names, " " $2 " ") { next }
		++line % n == k - 1' "$list"
}

# in_shares N: all, by N at once. Fails if one fails, or is not in the list
in_shares() {
	local k found status=0
	found=$(mutants_of 1 1 | wc -l)
	if [ "$found" -eq 0 ] || [ "$found" -lt "${#names[@]}" ]; then
		echo "not ok mutants: $found of these are in the list: ${names[*]}"
		return 1
	fi
	for k in $(seq "$1"); do
		share "$k" "$1" &
	done
	for k in $(seq "$1"); do
		wait -n || status=1
	done
	return "$status"
}
