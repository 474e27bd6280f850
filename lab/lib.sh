#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What every lab script shares: where things are, how it speaks, and how a
# thing is made once. Sourced, not run.
#
# Promise of once(): the directory it names is either whole or not there, for
# any number of labs at work at the same time. It is made under another name
# and renamed; a lock of its own keeps a second lab from making it too.

set -euo pipefail
shopt -s inherit_errexit
umask 022
export LC_ALL=C

lab=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P)
top=$(dirname -- "$lab")
cache=${XDG_CACHE_HOME:-$HOME/.cache}/optee-systhreads
mkdir -p "$cache"/{lock,log,tmp,parts,made,runs}
cache=$(cd -- "$cache" && pwd -P)

cross=aarch64-linux-gnu-
export lab top cache cross

# The guest kernels: Debian's by their series, and those built here to find
# faults, which are some times slower.
kernel_names='6.1|6.12|debug|kcsan'
is_kernel() { [[ $1 =~ ^(${kernel_names//./\\.})$ ]]; }
is_built() { [[ $1 =~ ^(debug|kcsan)$ ]]; }
slowness() { if is_built "$1"; then echo 4; else echo 1; fi; }

say() { printf 'lab: %s\n' "$*" >&2; }

die() {
	say "$*"
	exit 1
}

# The comment at the head of the calling script is its manual.
manual() {
	sed -n '3,/^[^#]/ { s/^# \{0,1\}//p }' "$0"
}

# Run a command whose output nobody needs unless it fails; say so every ten
# seconds while it runs. CMD is one program: in a shell function of several,
# bash would not stop at the first error here.
# quietly WHAT CMD...
quietly() {
	local what=$1 log start=$SECONDS ticker status=0
	shift
	log=$(mktemp "$cache/log/XXXXXXXX")
	(
		exec >/dev/null
		trap 'kill "$nap" 2>/dev/null; exit' TERM
		while :; do
			sleep 10 & nap=$!
			wait "$nap"
			say "$what: $((SECONDS - start)) s so far"
		done
	) &
	ticker=$!
	say "$what"
	"$@" >"$log" 2>&1 </dev/null || status=$?
	kill "$ticker" 2>/dev/null || true
	wait "$ticker" 2>/dev/null || true
	if [ "$status" -ne 0 ]; then
		tail -n 40 "$log" >&2
		die "failed: $what (status $status; whole output in $log)"
	fi
	rm -f "$log"
}

# Hold the lock NAME while CMD runs.
# locked NAME CMD...
locked() {
	local name=$1 fd
	shift
	exec {fd}>"$cache/lock/${name//\//_}"
	if ! flock -w 3 "$fd"; then
		say "waiting for another lab that is making $name"
		flock "$fd"
	fi
	"$@"
	exec {fd}>&-
}

# Make the directory $cache/NAME by "CMD... DIR" unless it is there.
# once NAME CMD...
once() {
	[ -d "$cache/$1" ] || locked "$1" make_whole "$@"
}

make_whole() {
	local name=$1 dir
	shift
	[ ! -d "$cache/$name" ] || return 0
	# What a failed try left behind a day ago or longer.
	find "$cache/tmp" "$cache/log" -mindepth 1 -maxdepth 1 -mmin +1440 \
		-exec rm -rf {} +
	dir=$(mktemp -d "$cache/tmp/XXXXXXXX")
	chmod 755 "$dir"
	"$@" "$dir"
	mkdir -p "$(dirname -- "$cache/$name")"
	mv -T -- "$dir" "$cache/$name"
}

# Run COMMAND once for each WORD, all at a time: what the first says is seen as
# it comes, what the others say after it, one after the other. Fails if one did.
# at_a_time COMMAND WORD...
at_a_time() {
	local command=$1 first=$2 word work status=0 pids=()
	shift 2
	work=$(mktemp -d "$cache/tmp/XXXXXXXX")
	for word; do
		"$command" "$word" >"$work/$word" </dev/null &
		pids+=($!)
	done
	"$command" "$first" || status=1
	for word; do
		wait "${pids[0]}" || status=1
		pids=("${pids[@]:1}")
		cat "$work/$word"
	done
	rm -rf "$work"
	return "$status"
}

# A short name for the content of some files and words: what is made from them
# is made anew when they change.
# key [FILE|WORD]...
key() {
	local x
	for x in "$@"; do
		if [ -f "$x" ]; then cat -- "$x"; else printf '%s\n' "$x"; fi
	done | sha256sum | cut -c1-12
}

# As root, whoever runs the lab.
as_root() {
	if [ "$(id -u)" -eq 0 ]; then
		"$@"
	elif command -v sudo >/dev/null; then
		sudo -- "$@"
	else
		die "this needs root: $*"
	fi
}

# Pack a folder as an uncompressed initramfs archive, owned by root.
# pack_cpio DIR FILE
pack_cpio() {
	(
		cd "$1"
		find . -mindepth 1 -print0 | sort -z |
			cpio --null --create --quiet --format=newc --owner=0:0
	) >"$2"
}

# Whatever part of the lab is used first makes the machine ready.
if [ -z "${LAB_TOOLS-}" ]; then
	"$lab/setup" --tools
	export LAB_TOOLS=checked
fi
