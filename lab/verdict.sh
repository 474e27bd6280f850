#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What a run's consoles and its side channel say. Sourced by lab/vm after
# lib.sh.
#
# Promise: a run passes only by the run's own nonce, which only the guest's
# init has, written after the command ended. Bad text can fail a run, its
# absence cannot pass one.

# The kernel's own lines carry its time stamp; a program that prints such
# words does not.
kernel_bad='\] (WARNING: |(\[ )?BUG: |-+\[ cut here \]-+|Internal error: |Oops'
kernel_bad+='|Kernel panic|Unable to handle kernel|Call [Tt]race:'
kernel_bad+='|INFO: task .* blocked for more than|kernel BUG|Kernel BUG'
kernel_bad+='|(rcu: )?INFO: .*(stall|detected)|rcu: .*starved'
kernel_bad+='|watchdog: (BUG|.*LOCKUP|.*lockup on)'
kernel_bad+='|refcount_t: |list_(add|del) corruption|UBSAN: |KASAN: |KCSAN: '
kernel_bad+='|DEBUG_LOCKS_WARN|Bad page |kmemleak: .*new suspected'
kernel_bad+='|INFO: (trying to register|possible)|workqueue lockup'
kernel_bad+='|SError Interrupt)'

# OP-TEE's core, not a trusted app: a panicked TA and a fault in user mode are
# its ordinary business. TF-A's are on the other console.
secure_bad='/TC:[^|]* (Panic( |$)|Core (data|prefetch|undef)-abort'
secure_bad+='|[Aa]ssertion .* failed)'
firmware_bad='PANIC (in|at) |Unhandled Exception in EL3|^ASSERT: '
firmware_bad+='|^Panic( |$)'

# Taint bits that only a fault sets: bad page, died, warned, soft lockup.
taint_bad=$((1 << 5 | 1 << 7 | 1 << 9 | 1 << 14))

# The log without the first lines of those of KCSAN's reports in which no module
# has a part: a kernel of Debian's has races of its own, and they are many. A
# module has one if it is among the first of either task's frames: it may be
# further down in any, as what an interrupt came upon or what called the
# scheduler.
module_races_only() {
	tr -d '\r' <"$1" | awk '
		function flush() {
			if (ours) print title
			title = ""
		}
		/\] BUG: KCSAN: / { if (title) flush(); title = $0; ours = 0; next }
		/\] [a-z -]+( \([a-z ]+\))? to 0x[0-9a-f]+ of [0-9]+ bytes by / { frames = 0 }
		title && / [^ ]+\+0x[^ ]+/ && ++frames <= 3 &&
			/ \[[a-z0-9_]+\]$/ { ours = 1 }
		title && /\] =====/ { flush() }
		{ print }
		END { if (title) flush() }'
}

kernel_faults() {
	module_races_only "$1/console.normal" | grep -aE "$kernel_bad" || true
}

# TF-A panics by itself, for want of anything better, in the moment between its
# asking QEMU for a power-off or reset and QEMU's doing it.
secure_faults() {
	grep -aE "$secure_bad" "$1/console.secure" || true
	grep -aqE 'QEMU System (Power off|Reset): ' "$1/console.normal" ||
		grep -ahE "$firmware_bad" "$1"/console.{normal,secure} || true
}

tell() {
	say "$1"
	sed 's/^/lab:   /' | tr -d '\r' >&2
}

# Exit as lab/vm promises.
# judge RUN NONCE STATUS-OF-TIMEOUT SECONDS-GIVEN SECONDS-TAKEN
judge() {
	local run=$1 faults said status taint
	faults=$(kernel_faults "$run"; secure_faults "$run")
	if [ -n "$faults" ]; then
		tell "a fault in the guest, see $run:" < <(head -n 20 <<<"$faults")
		exit 125
	fi
	if [ "$3" -eq 124 ] || [ "$3" -eq 137 ] && [ "$5" -ge "$4" ]; then
		say "time-out after $4 s"
		exit 124
	fi
	read -r said status taint <"$run/verdict" || true
	if [ "${said-}" != "$2" ] || ! [[ $status =~ ^[0-9]+$ ]]; then
		tell "the guest ended without a verdict; the last it wrote:" \
			< <(tail -n 15 "$run/console.normal"; cat "$run/qemu.log")
		exit 125
	fi
	if ! [[ $taint =~ ^[0-9]+$ ]] || [ $((taint & taint_bad)) -ne 0 ]; then
		say "the guest's kernel is tainted by a fault ($taint)"
		exit 125
	fi
	exit "$status"
}
