#!/bin/sh
# SPDX-License-Identifier: MIT
#
# test_debian.sh RELEASE LIBRARY - the tests of the Python module in a new Debian of
# that release, with its Python, pip, setuptools and mypy, as an ordinary user.
here=$(cd "$(dirname "$0")" && pwd)
source=$(cd "$here/../.." && pwd)
# shellcheck source=../../tests/support/tap.sh
. "$source/tests/support/tap.sh"

[ $# -eq 2 ] || bail_out "usage: test_debian.sh RELEASE LIBRARY"
release=$1 library=$2
python=$here
tree=$dir/debian
shown=$dir/shown

"$source/tests/debian/root" "$release" "$tree" >"$dir/root.log" 2>&1
case $? in
0) ;;
77) skip_all "$(cat "$dir/root.log")" ;;
*) bail_out "no Debian $release: $(tail -n 3 "$dir/root.log" | tr '\n' ' ')" ;;
esac

# What the README says is to be installed, and mypy.
install=$(sed -n 's/^sudo apt install/apt-get -qy install/p' "$python/README.md")
[ -n "$install" ] || bail_out "the README installs nothing"
check "install as the README says" "$source/tests/debian/enter" "$tree" \
	env DEBIAN_FRONTEND=noninteractive sh -euc "
		apt-get -q -o Acquire::Check-Valid-Until=false update
		$install
		apt-get -qy install --no-install-recommends mypy" || done_testing

# Only what is needed is shown, and nobody else's files can be written.
mkdir -p "$shown/bindings" "$shown/tests"
cp -R "$source/LICENSE" "$source/include" "$shown"
cp -R "$python" "$shown/bindings"
cp -R "$source/tests/fixtures" "$shown/tests"
cp -L "$library" "$shown/libmymem.so.1"
chmod -R a+rX "$dir"

# FILE: passes, and nothing is skipped but what only root can do.
python_test() {
	status=0
	said=$("$source/tests/debian/enter" -u user -b "$shown" "$tree" env \
		LIBMYMEM_PATH=/mnt/libmymem.so.1 PYTHONDONTWRITEBYTECODE=1 \
		sh -c "cd /mnt/bindings/python && python3 -W error $1 -v" 2>&1 \
		</dev/null) || status=$?
	skipped=$(printf '%s\n' "$said" | grep ' \.\.\. skipped ' |
		grep -v "'only root can ")
	if [ "$status" -ne 0 ]; then
		fail "$release: $1" "$said"
	elif ! printf '%s\n' "$said" | grep -Eq '^Ran [1-9][0-9]* tests? in '; then
		fail "$release: $1" "nothing was tested"
	else
		none "$release: $1" "$skipped"
	fi
}

for file in "$python"/test_*.py; do
	[ -f "$file" ] || bail_out "no tests in $python"
	python_test "$(basename "$file")"
done
done_testing
