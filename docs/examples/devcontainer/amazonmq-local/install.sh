#!/bin/sh
# Run as root while the image of the dev container is built; VERSION and URL are the options of the feature.
set -eu
case $(uname -m) in
x86_64) architecture=amd64 ;;
aarch64 | arm64) architecture=arm64 ;;
*) echo "amazonmq-local: there is none for $(uname -m)" >&2 && exit 1 ;;
esac
version=${VERSION:-0.1.0}
url=${URL:-https://github.com/amazonmq-local/amazonmq-local/releases/download/v$version}
file=amazonmq-local-$version-linux-$architecture.tar.gz
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
cd "$place"
command -v curl >/dev/null || { apt-get update && apt-get install -y --no-install-recommends ca-certificates curl; }
curl --fail --silent --show-error --location --remote-name "$url/SHA256SUMS" --remote-name "$url/$file"
awk -v file="$file" '$2 == file || $2 == "*" file' SHA256SUMS >SHA256SUMS.one
[ -s SHA256SUMS.one ] || { echo "amazonmq-local: SHA256SUMS has no line for $file" >&2 && exit 1; }
sha256sum -c SHA256SUMS.one
mkdir files
tar -xzf "$file" -C files
install -D -m 755 "$(find files -type f -name amazonmq-local -perm -u+x)" "${PREFIX:-/usr/local}/bin/amazonmq-local"
