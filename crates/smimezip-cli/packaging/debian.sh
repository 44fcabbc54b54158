#!/usr/bin/env bash
# The packages for Debian and its descendants: debian.sh PLATFORM OUT, after program.sh and library.sh.
# For platforms other than linux-x86_64 and linux-aarch64 there is nothing to do.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../.." && pwd)
# shellcheck source=tools.sh
. "$here/tools.sh"
platform=$1 out=$2
case "$platform" in
  linux-x86_64) architecture=amd64 multiarch=x86_64-linux-gnu ;;
  linux-aarch64) architecture=arm64 multiarch=aarch64-linux-gnu ;;
  *) exit 0 ;;
esac
case "$version" in 0.*) number=${version%.*} ;; *) number=${version%%.*} ;; esac
program=$work/smimezip-$version-$platform
library=$work/libsmimezip-$version-$platform
homepage=$(sed -n 's/^repository = "\(.*\)"$/\1/p' "$root/Cargo.toml")

# begin NAME: an empty tree of a package.
begin() {
  package=$1
  tree=$work/deb/$architecture/$package
  rm -rf "$tree"
  mkdir -p "$tree/DEBIAN" "$tree/usr/share/doc/$package"
  {
    echo "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/"
    echo "Upstream-Name: smimezip"
    echo "Source: $homepage"
    printf '\nFiles: *\nCopyright: the smimezip developers\nLicense: Expat or Apache-2.0\n'
    printf '\nLicense: Expat\n'
    sed 's/^$/./; s/^/ /' "$root/LICENSE-MIT"
    printf '\nLicense: Apache-2.0\n On Debian systems the text is in /usr/share/common-licenses/Apache-2.0.\n'
  } >"$tree/usr/share/doc/$package/copyright"
  {
    echo "smimezip ($version-1) unstable; urgency=medium"
    printf '\n  * See CHANGELOG.md in the source of smimezip.\n\n'
    echo " -- The smimezip developers <smimezip@users.noreply.github.com>  $(date -R -u -d "@$SOURCE_DATE_EPOCH")"
  } | gzip -9 -n >"$tree/usr/share/doc/$package/changelog.Debian.gz"
}

# finish SECTION DEPENDS SHORT LONG: further fields of the package come from standard input.
finish() {
  local size more
  more=$(cat)
  size=$(du -sk --apparent-size "$tree/usr" | cut -f 1)
  {
    echo "Package: $package"
    echo "Source: smimezip"
    echo "Version: $version-1"
    echo "Architecture: $architecture"
    echo "Maintainer: The smimezip developers <smimezip@users.noreply.github.com>"
    echo "Installed-Size: $size"
    [ -z "$2" ] || echo "Depends: $2"
    echo "Section: $1"
    echo "Priority: optional"
    echo "Homepage: $homepage"
    [ -z "$more" ] || echo "$more"
    echo "Description: $3"
    fold -s -w 75 <<<"$4" | sed 's/ *$//; s/^/ /'
  } >"$tree/DEBIAN/control"
  (cd "$tree" && find usr -type f | sort | xargs -d '\n' md5sum) >"$tree/DEBIAN/md5sums"
  chmod -R u=rwX,go=rX "$tree"
  find "$tree" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
  dpkg-deb --root-owner-group -Zxz --build "$tree" \
    "$out/${package}_$version-1_$architecture.deb" >/dev/null
}

needs="libc6 (>= $glibc), libgcc-s1 (>= 3.3)"
about="An export is a zip archive, often split, whose parts are sealed as S/MIME enveloped-data messages.
smimezip opens it in one step, at any size, in constant memory, without a decrypted intermediate file, and
makes such exports, too."

begin smimezip
install -D -m 755 "$program/smimezip" "$tree/usr/bin/smimezip"
install -D -m 644 -t "$tree/usr/share/man/man1" "$program"/man/*.1
gzip -9 -n "$tree"/usr/share/man/man1/*.1
install -D -m 644 "$program/completions/smimezip.bash" \
  "$tree/usr/share/bash-completion/completions/smimezip"
install -D -m 644 "$program/completions/smimezip.zsh" "$tree/usr/share/zsh/vendor-completions/_smimezip"
install -D -m 644 "$program/completions/smimezip.fish" \
  "$tree/usr/share/fish/vendor_completions.d/smimezip.fish"
finish utils "$needs" "open S/MIME encrypted split zip exports" "${about//$'\n'/ }" </dev/null

begin "libsmimezip$number"
mkdir -p "$tree/usr/lib/$multiarch"
cp -P "$library/lib/libsmimezip.so.$version" "$library/lib/libsmimezip.so.$number" \
  "$tree/usr/lib/$multiarch/"
chmod 644 "$tree/usr/lib/$multiarch/libsmimezip.so.$version"
echo "activate-noawait ldconfig" >"$tree/DEBIAN/triggers"
echo "libsmimezip $number libsmimezip$number (>= $version)" >"$tree/DEBIAN/shlibs"
finish libs "$needs" "C library that opens S/MIME encrypted split zip exports" \
  "${about//$'\n'/ }" <<<"Multi-Arch: same"

begin libsmimezip-dev
mkdir -p "$tree/usr/lib/$multiarch" "$tree/usr/include"
cp -P "$library/lib/libsmimezip.so" "$library/lib/libsmimezip.a" "$tree/usr/lib/$multiarch/"
cp -r "$library/include/." "$tree/usr/include/"
cp -r "$library/lib/pkgconfig" "$library/lib/cmake" "$tree/usr/lib/$multiarch/"
# Both find the rest from where they are, which is a folder deeper here.
sed -i "s|^prefix=.*|prefix=/usr|; s|^libdir=.*|libdir=\${prefix}/lib/$multiarch|" \
  "$tree/usr/lib/$multiarch/pkgconfig/smimezip.pc"
sed -i "s|/lib/libsmimezip|/lib/$multiarch/libsmimezip|; s|}/\.\./\.\./\.\.\"|}/../../../..\"|" \
  "$tree/usr/lib/$multiarch/cmake/smimezip/smimezipConfig.cmake"
finish libdevel "libsmimezip$number (= $version-1)" "C library for S/MIME encrypted split zip exports: headers" \
  "${about//$'\n'/ }" <<<"Multi-Arch: same"
