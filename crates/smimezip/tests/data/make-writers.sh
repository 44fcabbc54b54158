#!/usr/bin/env bash
# Makes the folder writers beside this script: one tree, written as a zip archive by every writer in
# every mode that it has. The helper programs are in ../tools/writers. Needs the Debian packages zip
# unzip p7zip-full libarchive-tools default-jdk-headless libcommons-compress-java libzip4j-java ant
# golang-go php-cli php-zip ruby-zip ruby-archive-zip libarchive-zip-perl ziptool zipmerge minizip
# libminizip-dev gcc advancecomp strip-nondeterminism zipalign libgsf-bin pigz erlang-base git
# mercurial mono-mcs mono-runtime libmono-system-io-compression4.0-cil
# libmono-system-io-compression-filesystem4.0-cil libmono-sharpzip4.84-cil, and cargo, node with npm
# and python3 with pip. What these fetch goes into a folder of its own, outside of the repository; an
# argument names that folder, to be used again.
# MANIFEST.tsv has a line an archive: file or folder of parts, writer, version, mode, tree. trees/TREE
# has a line a file, its SHA-256 and its name, and one for each empty folder.
set -euo pipefail
export TZ=UTC LC_ALL=C.UTF-8
cd "$(dirname "$0")"
here=$PWD
tools=$here/../tools/writers
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fetched=${1:-$work/fetched}
mkdir -p "$fetched"
rm -rf writers
mkdir -p writers/trees
out=$here/writers
tree=$work/tree

# --- the trees ---
python3 - "$work" <<'PY'
import os, random, sys
chance = random.Random(15)
def put(name, data):
    path = os.path.join(sys.argv[1], name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(data)
def lines(count):
    return b"".join(b'{"number":%d,"state":"closed"}\n' % number for number in range(count))
put("tree/text.txt", lines(40))
put("tree/empty.txt", b"")
put("tree/deep/größer/nested.json", lines(5))
put("tree/Grüße, 日本.txt", "Grüße aus 日本\n".encode())
put("tree/noise.raw", chance.randbytes(300))
put("large.raw", chance.randbytes(66000))
put("app/__main__.py", b"print('an app')\n")
os.makedirs(os.path.join(sys.argv[1], "tree/empty folder"))
PY
chmod 755 "$tree/text.txt"
chmod 640 "$tree/noise.raw"
variant() { # name: a copy of the tree, to be changed
  cp -a "$tree" "$work/$1"
}
variant large && cp "$work/large.raw" "$work/large"
variant no-empty-folder && rmdir "$work/no-empty-folder/empty folder"
variant ascii && rm -r "$work"/ascii/{"empty folder",deep} "$work"/ascii/*日本.txt
variant more && printf 'more\n' >"$work/more/more.txt"
variant copy && cp "$work/copy/text.txt" "$work/copy/copy.txt"
variant carriage-returns &&
  sed -i 's/$/\r/' "$work"/carriage-returns/{text.txt,deep/größer/nested.json,*日本.txt}
variant names-cp437 &&
  mv "$work/names-cp437/Grüße, 日本.txt" "$work/names-cp437/Grüße, %U65E5%U672C.txt"
variant names-ascii &&
  mv "$work/names-ascii/Grüße, 日本.txt" "$work/names-ascii/Gr%U00FC%U00DFe, %U65E5%U672C.txt" &&
  mv "$work/names-ascii/deep/größer" "$work/names-ascii/deep/gr%U00F6%U00DFer"
variant jar && mkdir "$work/jar/META-INF"
(cd "$work" && jar cf manifest.jar app &&
  unzip -qp manifest.jar META-INF/MANIFEST.MF >jar/META-INF/MANIFEST.MF)
mkdir "$work"/{standard-input,one}
cp "$tree/text.txt" "$work/standard-input/-"
cp "$tree/text.txt" "$work/one"
find "$work" -exec touch -d 2026-03-14T12:00:00Z {} +
digest() { # name, folder
  (cd "$2" && find . -type f | sort | tr '\n' '\0' | xargs -0 sha256sum | sed 's|  \./|  |' &&
    find . -mindepth 1 -type d -empty -printf 'empty folder  %P\n' | sort) >"$out/trees/$1"
}
digest whole "$tree"
for name in large no-empty-folder ascii more copy carriage-returns names-cp437 names-ascii jar \
  standard-input one app; do
  digest $name "$work/$name"
done
list() { (IFS=$'\t'; echo "$*" >>"$out/MANIFEST.tsv"); }
debian() { dpkg-query -W -f '${Version}' "$1" | sed 's/^[0-9]*://; s/+dfsg.*//; s/-[^-]*$//'; }

# --- Info-ZIP ---
info_zip() { # file, mode, tree, command...
  local file=$1 mode=$2 of=$3
  shift 3
  (cd "$tree" && "$@")
  list "$file" Info-ZIP "$(zip -v | sed -n 's/.*Zip \([0-9.]*\) .*/\1/p' | head -n 1)" "$mode" "$of"
}
z() { zip -q "$@"; }
to() { # file, command...
  local file=$1
  shift
  "$@" | cat >"$out/$file"
}
info_zip info-zip-file.zip file whole z -r "$out/info-zip-file.zip" .
info_zip info-zip-pipe.zip "to a pipe" whole to info-zip-pipe.zip z -r - .
info_zip info-zip-stored.zip "-0" whole z -r -0 "$out/info-zip-stored.zip" .
info_zip info-zip-stored-pipe.zip "-0 to a pipe" whole to info-zip-stored-pipe.zip z -r -0 - .
info_zip info-zip-zip64.zip "-fz" whole z -r -fz "$out/info-zip-zip64.zip" .
info_zip info-zip-zip64-pipe.zip "-fz to a pipe" whole to info-zip-zip64-pipe.zip z -r -fz - .
info_zip info-zip-no-zip64-pipe.zip "-fz- to a pipe" whole to info-zip-no-zip64-pipe.zip z -r -fz- - .
info_zip info-zip-descriptors.zip "-fd" whole z -r -fd "$out/info-zip-descriptors.zip" .
info_zip info-zip-no-extra.zip "-X" whole z -r -X "$out/info-zip-no-extra.zip" .
info_zip info-zip-no-folders.zip "-D" no-empty-folder z -r -D "$out/info-zip-no-folders.zip" .
info_zip info-zip-crlf.zip "-l" carriage-returns z -r -l "$out/info-zip-crlf.zip" .
(cd "$work/carriage-returns" && z -r -ll "$out/info-zip-lf.zip" .)
info_zip info-zip-lf.zip "-ll" whole true
info_zip info-zip-utf8.zip "-UN=UTF8" whole z -r -UN=UTF8 "$out/info-zip-utf8.zip" .
info_zip info-zip-comment.zip "-z -c" whole bash -c \
  "{ yes 'of an entry' | head -n 8; echo 'a comment'; } |
    zip -qrcz '$out/info-zip-comment.zip' . >'$work/log'"
info_zip info-zip-stdin.zip "of standard input" standard-input \
  bash -c "zip -q '$out/info-zip-stdin.zip' - <text.txt"
info_zip info-zip-stdin-pipe.zip "of a pipe, to a pipe" standard-input bash -c \
  "cat text.txt | zip -q - - | cat >'$out/info-zip-stdin-pipe.zip'"
info_zip info-zip-stdin-piped.zip "of a pipe" standard-input \
  bash -c "cat text.txt | zip -q '$out/info-zip-stdin-piped.zip' -"
mkdir "$work/fifo"
mkfifo "$work/fifo/text.txt"
(cat "$tree/text.txt" >"$work/fifo/text.txt" &
  cd "$work/fifo" && z -FI "$out/info-zip-fifo.zip" text.txt)
info_zip info-zip-fifo.zip "-FI" one true
cp "$out/info-zip-pipe.zip" "$out/info-zip-deleted.zip"
info_zip info-zip-deleted.zip "-d after to a pipe" no-empty-folder \
  z -d "$out/info-zip-deleted.zip" "empty folder/"
cp "$out/info-zip-zip64.zip" "$out/info-zip-grown.zip"
(cd "$work/more" && z -g "$out/info-zip-grown.zip" more.txt)
info_zip info-zip-grown.zip "-g after -fz" more true
(echo '#!/bin/sh'; cat "$out/info-zip-file.zip") >"$out/info-zip-prefix.zip"
cp "$out/info-zip-prefix.zip" "$out/info-zip-adjusted.zip"
info_zip info-zip-prefix.zip "a line before it" whole true
info_zip info-zip-adjusted.zip "-A, a line before it" whole z -A "$out/info-zip-adjusted.zip"
info_zip info-zip-bzip2.zip "-Z bzip2" whole z -r -Z bzip2 "$out/info-zip-bzip2.zip" .
mkdir "$out"/info-zip-split{,-pipe}
info_zip info-zip-split "-s 64k" large \
  bash -c "cd '$work/large' && zip -qr -s 64k '$out/info-zip-split/e.zip' ."
zip -q -s 64k "$out/info-zip-pipe.zip" --out "$out/info-zip-split-pipe/e.zip"
info_zip info-zip-split-pipe "-s 64k after to a pipe" whole true

# --- 7-Zip ---
npm_folder=$fetched/npm
mkdir -p "$npm_folder"
(cd "$npm_folder" && npm install --silent --no-audit --no-fund jszip pizzip yazl archiver zip-stream \
  fflate adm-zip client-zip @zip.js/zip.js @transcend-io/conflux @endo/zip do-not-zip 7zip-bin)
seven() { # program, file prefix, version
  local program=$1 prefix=$2 version=$3
  pack() { # file, mode, tree, options...
    local file=$1 mode=$2 of=$3
    shift 3
    # The older one cannot do all of this.
    if (cd "$work/${of/whole/tree}" && "$program" a -tzip "$@" >"$work/packed" 2>"$work/log"); then
      list "$file" 7-Zip "$version" "$mode" "$of"
    else
      rm -f "$out/$file"
    fi
  }
  pack "$prefix-deflated.zip" deflated whole "$out/$prefix-deflated.zip" .
  pack "$prefix-stored.zip" "-mx0" whole -mx0 "$out/$prefix-stored.zip" .
  pack "$prefix-deflate64.zip" "-mm=Deflate64" whole -mm=Deflate64 "$out/$prefix-deflate64.zip" .
  pack "$prefix-utf8.zip" "-mcu=on" whole -mcu=on "$out/$prefix-utf8.zip" .
  pack "$prefix-times.zip" "-mtc=on" whole -mtc=on "$out/$prefix-times.zip" .
  pack "$prefix-stdin.zip" "-si" one -sitext.txt "$out/$prefix-stdin.zip" <"$tree/text.txt"
  pack "$prefix-stdin-piped.zip" "-si, of a pipe" one \
    -sitext.txt "$out/$prefix-stdin-piped.zip" < <(cat "$tree/text.txt")
  mkdir "$out/$prefix-pieces"
  pack "$prefix-pieces" "-v1k" whole -v1k "$out/$prefix-pieces/e.zip" .
  cp "$out/info-zip-file.zip" "$out/$prefix-updated.zip"
  pack "$prefix-updated.zip" "added to one of Info-ZIP" more "$out/$prefix-updated.zip" more.txt
  pack "$prefix-pipe.zip" "-so" whole -an -so .
  [ ! -s "$work/packed" ] || cp "$work/packed" "$out/$prefix-pipe.zip"
}
old=$npm_folder/node_modules/7zip-bin/linux/x64/7za
chmod +x "$old"
for seven_zip in 7z "$old"; do
  version=$("$seven_zip" i | sed -n 's/^7-Zip.*\] \([0-9.]*\) .*/\1/p' | head -n 1)
  seven "$seven_zip" "7-zip-${version%.*}" "$version"
done

# --- libarchive ---
libarchive() { # file, mode, command...
  local file=$1 mode=$2
  shift 2
  (cd "$tree" && "$@")
  list "$file" bsdtar "$(bsdtar --version | sed 's/bsdtar \([0-9.]*\) .*/\1/')" "$mode" whole
}
libarchive bsdtar-file.zip file bsdtar --format zip -cf "$out/bsdtar-file.zip" .
libarchive bsdtar-pipe.zip "to a pipe" to bsdtar-pipe.zip bsdtar --format zip -cf - .
libarchive bsdtar-names.zip "without ./" bsdtar --format zip -cf "$out/bsdtar-names.zip" \
  deep empty.txt "empty folder" "Grüße, 日本.txt" noise.raw text.txt
libarchive bsdtar-stored.zip "compression=store" bsdtar --format zip --options zip:compression=store \
  -cf "$out/bsdtar-stored.zip" .
libarchive bsdtar-stored-pipe.zip "compression=store to a pipe" to bsdtar-stored-pipe.zip \
  bsdtar --format zip --options zip:compression=store -cf - .
libarchive bsdtar-zip64.zip "zip64" bsdtar --format zip --options zip:zip64 \
  -cf "$out/bsdtar-zip64.zip" .
libarchive bsdtar-no-zip64.zip "!zip64" bsdtar --format zip --options 'zip:!zip64' \
  -cf "$out/bsdtar-no-zip64.zip" .
libarchive bsdtar-experimental.zip "experimental" bsdtar --format zip --options zip:experimental \
  -cf "$out/bsdtar-experimental.zip" .
libarchive bsdtar-tar.zip "of a tar from standard input, to a pipe" bash -c \
  "tar -cf - . | bsdtar --format zip -cf - @- | cat >'$out/bsdtar-tar.zip'"

# --- Java ---
jars=/usr/share/java/commons-compress.jar:/usr/share/java/zip4j.jar
javac -d "$work/classes" -cp "$jars" "$tools/Zips.java"
java -cp "$work/classes:$jars" Zips "$tree" "$out" "$(debian libcommons-compress-java)" \
  "$(debian libzip4j-java)" >>"$out/MANIFEST.tsv"
jar_tool() { # file, mode, tree, command...
  local file=$1 mode=$2 of=$3
  shift 3
  (cd "$tree" && "$@")
  list "$file" "JDK, jar" "$(java -version 2>&1 | sed -n 's/.*version "\(.*\)".*/\1/p')" "$mode" "$of"
}
jar_tool jar-manifest.zip "cf" jar jar cf "$out/jar-manifest.zip" .
jar_tool jar-plain.zip "cfM" whole jar cfM "$out/jar-plain.zip" .
jar_tool jar-stored.zip "cfM0" whole jar cfM0 "$out/jar-stored.zip" .
jar_tool jar-pipe.zip "cM to a pipe" whole to jar-pipe.zip jar cM .
cp "$out/jar-plain.zip" "$out/jar-updated.zip"
jar_tool jar-updated.zip "ufM" more jar ufM "$out/jar-updated.zip" -C "$work/more" more.txt
ant_zip() { # file, mode, attributes...
  local file=$1 mode=$2
  shift 2
  printf '<project default="z"><target name="z"><zip destfile="%s" basedir="%s" %s/>
    </target></project>' \
    "$out/$file" "$tree" "$*" >"$work/build.xml"
  ant -q -f "$work/build.xml" >"$work/log"
  list "$file" "Ant, zip" "$(debian ant)" "$mode" whole
}
ant_zip ant-default.zip default 'encoding="UTF-8"'
ant_zip ant-stored.zip "compress=false" 'encoding="UTF-8" compress="false" comment="a comment"'
ant_zip ant-zip64.zip "zip64Mode=always" 'encoding="UTF-8" zip64Mode="always"'
ant_zip ant-never.zip "zip64Mode=never" 'encoding="UTF-8" zip64Mode="never"'
ant_zip ant-unicode-fields.zip "names in Cp437, createUnicodeExtraFields=always" \
  'encoding="Cp437" createUnicodeExtraFields="always"'
ant_zip ant-not-encodeable.zip "names in Cp437, createUnicodeExtraFields=not-encodeable" \
  'encoding="Cp437" createUnicodeExtraFields="not-encodeable"'

# --- Python, JavaScript, Go, Perl, PHP, Ruby, Rust, .NET, C, Erlang ---
fetch_pypi() { # folder, packages...
  local folder=$fetched/$1
  shift
  [ -d "$folder" ] || python3 -m pip -q --disable-pip-version-check install \
    --root-user-action ignore --target "$folder" "$@"
}
of_pypi() { # set of writers, packages...
  local set=$1
  shift
  fetch_pypi "$set" "$@"
  WRITERS=$set PYTHONPATH=$fetched/$set python3 "$tools/writers.py" "$tree" "$out" >>"$out/MANIFEST.tsv"
}
of_pypi standard stream-zip zipfly pyzipper libarchive-c
for package in zipstream-ng zipstream-new aiozipstream; do of_pypi $package $package; done
(cd "$npm_folder" && node "$tools/writers.mjs" "$tree" "$out") >>"$out/MANIFEST.tsv"
go run "$tools/writers.go" "$tree" "$out" >>"$out/MANIFEST.tsv"
perl "$tools/writers.pl" "$tree" "$out" >>"$out/MANIFEST.tsv"
php "$tools/writers.php" "$tree" "$out" >>"$out/MANIFEST.tsv"
ruby "$tools/writers.rb" "$tree" "$out" "$(debian ruby-zip)" \
  "$(debian ruby-archive-zip)" >>"$out/MANIFEST.tsv"
mkdir -p "$fetched/rust/src"
cp "$tools/writers.rs" "$fetched/rust/src/main.rs"
cat >"$fetched/rust/Cargo.toml" <<'TOML'
[package]
name = "writers"
edition = "2024"
[dependencies]
zip = { version = "9", default-features = false, features = ["deflate"] }
async_zip = { version = "0.0.19", features = ["deflate"] }
rawzip = "0.5"
mtzip = "4"
s-zip = "0.15"
flate2 = "1"
futures-lite = "2"
[workspace]
TOML
version_of() { sed -n "/^name = \"$1\"/{n;s/version = \"\(.*\)\"/\1/p}" "$fetched/rust/Cargo.lock"; }
(cd "$fetched/rust" && CARGO_TARGET_DIR=$fetched/rust/target cargo build -q)
"$fetched/rust/target/debug/writers" "$tree" "$out" "$(version_of zip)" "$(version_of async_zip)" \
  "$(version_of rawzip)" "$(version_of mtzip)" "$(version_of s-zip)" >>"$out/MANIFEST.tsv"
compression="-r:System.IO.Compression.dll -r:System.IO.Compression.FileSystem.dll"
# shellcheck disable=SC2086 # the options are several words
{
  mcs -nowarn:618 -out:"$work/mono.exe" -d:SHARPZIPLIB $compression \
    -r:ICSharpCode.SharpZipLib.dll "$tools/Writers.cs"
  mcs -out:"$work/core.dll" $compression "$tools/Writers.cs"
}
mono "$work/mono.exe" "$tree" "$out" Mono "$(debian mono-runtime)" 0.84 >>"$out/MANIFEST.tsv"
fetch_pypi dotnet dotnetcore2
core=$fetched/dotnet/dotnetcore2/bin
chmod +x "$core/dotnet"
net=$(basename "$core"/shared/Microsoft.NETCore.App/*)
printf '{"runtimeOptions":{"framework":{"name":"Microsoft.NETCore.App","version":"%s"},
  "configProperties":{"System.Globalization.Invariant":true}}}' "$net" >"$work/core.runtimeconfig.json"
"$core/dotnet" "$work/core.dll" "$tree" "$out" .NET "$net" >>"$out/MANIFEST.tsv"
gcc -o "$work/minizip" "$tools/minizip.c" -lminizip -lz
"$work/minizip" "$tree" "$out" "$(debian libminizip-dev)" >>"$out/MANIFEST.tsv"
erlc -o "$work" "$tools/writers.erl"
erl -noinput +pc unicode +fnu -pa "$work" -eval 'writers:main(init:get_plain_arguments()),halt().' \
  -extra "$tree" "$out" >>"$out/MANIFEST.tsv"

# --- other programs ---
other() { # file, writer, package, mode, tree, command...
  local file=$1 writer=$2 package=$3 mode=$4 of=$5
  shift 5
  (cd "$tree" && "$@" >"$work/log" 2>&1) || { cat "$work/log"; exit 1; }
  list "$file" "$writer" "$(debian "$package")" "$mode" "$of"
}
mapfile -t files < <(cd "$tree" && find . -type f -printf '%P\n' | sort)
other minizip-command.zip "minizip (command)" minizip "-o" no-empty-folder \
  minizip -o "$out/minizip-command.zip" "${files[@]}"
other advzip-added.zip advzip advancecomp "-a -4" no-empty-folder \
  bash -c "advzip -a -4 '$out/advzip-added.zip' *"
cp "$out/info-zip-pipe.zip" "$out/advzip-recompressed.zip"
other advzip-recompressed.zip advzip advancecomp "-z -4 after Info-ZIP to a pipe" whole \
  advzip -z -4 "$out/advzip-recompressed.zip"
cp "$out/jdk-stream-deflated.zip" "$out/strip-nondeterminism.zip"
other strip-nondeterminism.zip strip-nondeterminism strip-nondeterminism "after ZipOutputStream" whole \
  strip-nondeterminism -t zip "$out/strip-nondeterminism.zip"
other zipalign.zip zipalign zipalign "4 after Info-ZIP -0" whole \
  zipalign 4 "$out/info-zip-stored.zip" "$out/zipalign.zip"
other zipalign-streamed.zip zipalign zipalign "4 after ZipOutputStream" whole \
  zipalign 4 "$out/jdk-stream-deflated.zip" "$out/zipalign-streamed.zip"
other zipmerge.zip "libzip, zipmerge" zipmerge "two archives" more zipmerge "$out/zipmerge.zip" \
  "$out/info-zip-pipe.zip" "$out/7-zip-26-updated.zip"
ziptool_commands=()
for name in "${files[@]}"; do
  ziptool_commands+=(add_file "$name" "$name" 0 "$(stat -c %s "$tree/$name")")
done
other ziptool.zip "libzip, ziptool" ziptool "add_file" whole ziptool "$out/ziptool.zip" \
  "${ziptool_commands[@]}" add_dir "empty folder"
other gsf.zip "libgsf, gsf" libgsf-bin "createzip" no-empty-folder \
  gsf createzip "$out/gsf.zip" deep empty.txt "Grüße, 日本.txt" noise.raw text.txt
other pigz.zip pigz pigz "-K" one bash -c "pigz -K -c text.txt >'$out/pigz.zip'"
other pigz-stdin.zip pigz pigz "-K of a pipe" standard-input \
  bash -c "cat text.txt | pigz -K >'$out/pigz-stdin.zip'"
cp -a "$work/no-empty-folder" "$work/repository"
(cd "$work/repository" && git init -q && git add -A &&
  git -c user.name=x -c user.email=x@example.org commit -qm x &&
  hg init && rm -f .hgignore && hg -q add deep ./*.* && hg commit -q -u x -m x)
other git-archive.zip "git archive" git "--format=zip" no-empty-folder \
  git -C "$work/repository" archive --format=zip -o "$out/git-archive.zip" HEAD
other hg-archive.zip "hg archive" mercurial "-t zip" no-empty-folder bash -c \
  "cd '$work/repository' && hg --config ui.archivemeta=false archive -t zip -p . '$out/hg-archive.zip'"
sort -o "$out/MANIFEST.tsv" "$out/MANIFEST.tsv"
find "$out" -type f -size +10k -printf '%s %P\n'
