#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Debian's archive through apt roots of the lab's own, one for each release,
# under the cache. Sourced after lib.sh.
#
# Promise: the machine's apt configuration, its lists and its installed
# packages are read (for the mirror's address, how to reach it, and Debian's
# keyring) and never written. Nothing is unpacked that apt has not checked
# against a signed release file.

# shellcheck disable=SC2154 # from lib.sh
: "$cache"

machine_keyring=/usr/share/keyrings/debian-archive-keyring.gpg

# The machine's own address of the archive with the label "Debian" or
# "Debian-Security".
# archive_uri LABEL
archive_uri() {
	# shellcheck disable=SC2016 # apt's own format
	apt-get indextargets --format '$(ORIGIN)|$(LABEL)|$(REPO_URI)' \
		'Identifier: Packages' |
		awk -F'|' -v label="$1" \
			'$1 == "Debian" && $2 == label { print $3; exit }'
}

# How the machine reaches its mirror (proxies, retries, what its
# administrator decided about dates) holds for the lab's roots too.
acquire_settings() {
	apt-config dump | grep -Ei \
		'^Acquire::(http|https|ftp|Retries|Check-Date|Check-Valid-Until|ForceIPv)' ||
		true
}

# stanza URI SUITES KEYRING
stanza() {
	[ -n "$1" ] || return 0
	printf 'Types: %s\nURIs: %s\nSuites: %s\nComponents: main\nSigned-By: %s\n\n' \
		"$types" "$1" "$2" "$3"
}

# sid is needed for its sources only, and has no security archive.
# sources_of RELEASE KEYRING
sources_of() {
	local release=$1 keyring=$2 types main security
	[ -n "$(archive_uri Debian)" ] ||
		quietly "reading the machine's package lists" as_root apt-get update
	main=$(archive_uri Debian)
	security=$(archive_uri Debian-Security)
	[ -n "$main" ] || die "this machine's apt knows no Debian archive"
	case $release in
	sid)
		types="deb-src"
		stanza "$main" sid "$keyring"
		;;
	bookworm)
		types=deb
		stanza "$main" "$release $release-updates" "$keyring"
		stanza "$security" "$release-security" "$keyring"
		;;
	*)
		types="deb deb-src"
		stanza "$main" "$release $release-updates" "$keyring"
		stanza "$security" "$release-security" "$keyring"
		;;
	esac
}

# The machine's keyring vouches for bookworm; bookworm's newest keyring
# package vouches for the releases that came after it.
keyring_for() {
	if [ "$1" = bookworm ]; then
		[ -r $machine_keyring ] || die "no $machine_keyring"
		echo $machine_keyring
	else
		fetch bookworm keyring debian-archive-keyring >&2
		echo "$cache/parts/keyring$machine_keyring"
	fi
}

# make_apt_root RELEASE KEYRING DIR; the directory's final name is $cache/apt/RELEASE
make_apt_root() {
	local release=$1 keyring=$2 dir=$3 root=$cache/apt/$1
	mkdir -p "$dir"/{etc/preferences.d,etc/apt.conf.d,state/lists/partial,cache/archives/partial}
	: >"$dir/state/status"
	sources_of "$release" "$keyring" >"$dir/etc/debian.sources"
	{
		printf 'Dir "%s";\n' "$dir"
		printf 'Dir::Etc "%s/etc";\n' "$dir"
		cat <<-'CONF'
			Dir::Etc::Main "none.conf";
			Dir::Etc::Parts "apt.conf.d";
			Dir::Etc::SourceList "debian.sources";
			Dir::Etc::SourceParts "none.d";
			Dir::State "state";
			Dir::State::status "state/status";
			Dir::Cache "cache";
			APT::Architecture "arm64";
			APT::Architectures { "arm64"; "amd64"; };
			APT::Sandbox::User "root";
			APT::Get::Only-Source "true";
			Acquire::Languages "none";
			Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled "false";
		CONF
		acquire_settings
	} >"$dir/apt.conf"
	APT_CONFIG=$dir/apt.conf quietly \
		"reading Debian $release's signed package lists" \
		apt-get update --error-on=any
	sed -i "s|$dir|$root|g" "$dir/apt.conf"
}

# apt_root RELEASE: make it, or do nothing
apt_root() {
	local keyring
	[ ! -d "$cache/apt/$1" ] || return 0
	keyring=$(keyring_for "$1")
	once "apt/$1" make_apt_root "$1" "$keyring"
}

# Run one of apt's programs in a release's root.
# in_apt RELEASE CMD...
in_apt() {
	local release=$1
	shift
	apt_root "$release"
	APT_CONFIG=$cache/apt/$release/apt.conf "$@"
}

# Unpack packages (NAME or NAME:ARCH, no dependencies) into $cache/parts/PART,
# with a file "versions" beside what they hold.
# fetch RELEASE PART PACKAGE...
fetch() {
	local release=$1 part=$2
	apt_root "$release"
	once "parts/$part" unpack_packages "$@"
}

unpack_packages() {
	local release=$1 part=$2 dir=${*: -1} debs deb
	shift 2
	set -- "${@:1:$#-1}"
	debs=$(mktemp -d "$cache/tmp/XXXXXXXX")
	(
		cd "$debs" || exit
		in_apt "$release" quietly "fetching $*" apt-get download "$@"
	)
	for deb in "$debs"/*.deb; do
		dpkg-deb -x "$deb" "$dir"
		# shellcheck disable=SC2016 # dpkg-deb's own format
		dpkg-deb -W --showformat '${Package} ${Version} ${Architecture}\n' \
			"$deb" >>"$dir/versions"
	done
	rm -rf "$debs"
}

# Unpack a source package as $cache/parts/PART/source.
# fetch_source RELEASE PART SOURCE
fetch_source() {
	apt_root "$1"
	once "parts/$2" unpack_source "$1" "$3"
}

unpack_source() {
	local release=$1 source=$2 dir=$3
	(
		cd "$dir" || exit
		in_apt "$release" quietly "fetching the source of $source" \
			apt-get source --download-only "$source"
		dpkg-source --no-check -x ./*.dsc source >/dev/null
		awk -v r="$release" '
			/^Source:/ { s = $2 } /^Version:/ && !v { v = $2 }
			END { print s, v, "source", r }' ./*.dsc >versions
		rm -f ./*.tar.* ./*.dsc
	)
}
