#!/bin/sh
# SPDX-License-Identifier: MIT
#
# image.sh
#
# tools/image makes the same bytes wherever and whenever it does so, umoci and skopeo
# read the image, and what cannot be in one is refused.  In an engine it is tried by
# tests/containers/anywhere.sh.
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../support/tap.sh"
. "$here/../abi/build.sh"

for tool in umoci musl-gcc; do
	command -v $tool >/dev/null || skip_all "no $tool"
done
need cc readelf tar touch

one=$dir/one
two="$dir/two/of another name"
"$here/../debian/copy" "$one" || bail_out "cannot copy the source"
"$here/../debian/copy" "$two" || bail_out "cannot copy the source"
find "$two" -exec touch -h -d '2001-02-03 04:05:06' '{}' +

# --- the same bytes --------------------------------------------------------------

check "it is built" env SOURCE_DATE_EPOCH=1700000000 TZ=XXX+12 \
	"$one/tools/image" "$dir/one.tar" || done_testing
(
	umask 077
	SOURCE_DATE_EPOCH=1700000000 TZ=YYY-14 LC_ALL=C.UTF-8 HOME=$dir \
		"$two/tools/image" "$dir/two.tar"
) >"$dir/log" 2>&1
result "it is built elsewhere" $? "$(cat "$dir/log")"
check "the same bytes" cmp "$dir/one.tar" "$dir/two.tar"
like "who may read it" "$(ls -l "$dir/one.tar")" '^-rw-r--r--'

program=$dir/program
mkdir "$dir/layout"
tar -C "$dir/layout" -xf "$dir/one.tar"
umoci unpack --rootless --image "$dir/layout:$version" "$dir/bundle" 2>"$dir/log"
result "umoci unpacks it" $? "$(cat "$dir/log")"
cp "$dir/bundle/rootfs/mymem-free" "$program"
is "there is one program, twice, and nothing else" \
	"$(find "$dir/bundle/rootfs" -printf '%y %m %n %P\n' | sort)" \
	"d 755 2 
f 755 2 free
f 755 2 mymem-free"
is "they are one file" "$(stat -c %i "$dir/bundle/rootfs/free")" \
	"$(stat -c %i "$dir/bundle/rootfs/mymem-free")"
is "it runs" "$("$program" -b --sysroot "$fixture" | awk '$1 == "Mem:" {
	print "limit", $2
	print "available", $7
}')" "$answer"
is "its symbols are not in it" "$(readelf -S "$program" | grep -c symtab)" 0

# --- what others read ------------------------------------------------------------

case $(uname -m) in
x86_64) arch=amd64 ;;
aarch64) arch=arm64 ;;
*) arch=$(uname -m) ;;
esac
config='{{.Created}} {{.Architecture}} {{.Os}} {{.Labels}}'
labels="map[org.opencontainers.image.description:How much memory this container may use"
labels="$labels org.opencontainers.image.licenses:MIT"
labels="$labels org.opencontainers.image.title:mymem-free"
labels="$labels org.opencontainers.image.version:$version]"
for transport in oci docker; do
	name="skopeo reads it as one of $transport"
	if ! command -v skopeo >/dev/null; then
		skip "$name" "no skopeo"
		continue
	fi
	is "$name" "$(skopeo inspect --format "$config" \
		"$transport-archive:$dir/one.tar" 2>&1)" \
		"2023-11-14 22:13:20 +0000 UTC $arch linux $labels"
	is "$name: what is started" "$(skopeo inspect --config --format \
		'{{.Config.Entrypoint}}' "$transport-archive:$dir/one.tar" 2>&1)" \
		'[/mymem-free]'
done

# --- another program, another date -----------------------------------------------

( unset SOURCE_DATE_EPOCH && "$two/tools/image" "$dir/given.tar" "$program" ) \
	>"$dir/log" 2>&1
result "a program is given" $? "$(cat "$dir/log")"
is "the date is that of the source" \
	"$(TZ=UTC tar -tvf "$dir/given.tar" oci-layout | awk '{ print $4, $5 }')" \
	"$(TZ=UTC date -r "$two/meson.build" '+%F %H:%M')"

# NAME STATUS PATTERN ARGUMENT...: it is refused, and nothing is left.
refused() {
	name=$1 status=$2 pattern=$3
	shift 3
	said=$("$one/tools/image" "$@" 2>&1)
	is "$name: status" $? "$status"
	like "$name: why" "$said" "$pattern"
	none "$name: there is no image" "$(ls "$dir/out.tar" 2>/dev/null)"
}
echo 'int main(void) { return 0; }' >"$dir/empty.c"
cc "$dir/empty.c" -o "$dir/dynamic" || bail_out "cc makes no program"
echo "text" >"$dir/text"
# Of a processor without a name: e_machine is at offset 18.
cp "$program" "$dir/foreign"
printf '\001\000' | dd of="$dir/foreign" bs=1 seek=18 conv=notrunc 2>/dev/null
refused "a dynamic program" 1 'is not static' "$dir/out.tar" "$dir/dynamic"
refused "a text" 1 'text is no program' "$dir/out.tar" "$dir/text"
refused "no file" 1 'nowhere is no program' "$dir/out.tar" "$dir/nowhere"
refused "another processor" 1 'no name for' "$dir/out.tar" "$dir/foreign"
refused "an option" 2 '^usage: ' --help
refused "an empty name" 2 '^usage: ' ''
refused "an empty program" 2 '^usage: ' "$dir/out.tar" ''
refused "too much" 2 '^usage: ' "$dir/out.tar" "$program" more
SOURCE_DATE_EPOCH=yesterday
export SOURCE_DATE_EPOCH
refused "a date" 1 'SOURCE_DATE_EPOCH is no number of seconds: yesterday' \
	"$dir/out.tar" "$program"
done_testing
