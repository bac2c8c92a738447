#!/usr/bin/env bash
# Makes the Debian package of the signing agent in target/agent-deb, looks into it, and starts what it holds once. The
# layout is a dozen files: `dpkg-deb` and this script are enough, and nothing has to be installed to build it.
set -euo pipefail
cd "$(dirname "$0")/.."
export LC_ALL=C.UTF-8
if ! command -v dpkg-deb >/dev/null; then
  echo "skipped: no dpkg-deb here, so no package can be made" >&2
  exit 0
fi
target=${CARGO_TARGET_DIR:-target}
profile=${PROFILE:-release}
cargo build -p vanthu-agent --profile "$profile"
folder=$profile
[ "$folder" = dev ] && folder=debug
program=$target/$folder/vanthu-agent
version=$("$program" --version | cut -d' ' -f2)
architecture=$(dpkg --print-architecture)
out=$target/agent-deb
root=$out/tree
package=$out/vanthu-agent_${version}_$architecture.deb
rm -rf "$root" && mkdir -p "$root/DEBIAN"
here=packaging/agent

install -D -m 755 "$program" "$root/usr/bin/vanthu-agent"
strip --strip-unneeded "$root/usr/bin/vanthu-agent" 2>/dev/null || true
install -D -m 644 "$here/vanthu-agent.service" "$root/usr/lib/systemd/user/vanthu-agent.service"
install -D -m 644 "$here/vanthu-agent.desktop" "$root/usr/share/applications/vanthu-agent.desktop"
install -D -m 644 packaging/sealer/vanthu-sealer.service "$root/usr/lib/systemd/system/vanthu-sealer.service"
# An example and no part of the system: a desk needs none of these users.
install -D -m 644 packaging/sealer/vanthu-sealer.sysusers "$root/usr/share/doc/vanthu-agent/examples/vanthu-sealer.conf"
install -D -m 644 packaging/sealer/sealer.toml.example "$root/usr/share/doc/vanthu-agent/examples/sealer.toml"
mkdir -p "$root/usr/share/man/man1" "$root/usr/share/doc/vanthu-agent"
gzip -9nc "$here/vanthu-agent.1" >"$root/usr/share/man/man1/vanthu-agent.1.gz"
gzip -9nc CHANGELOG.md >"$root/usr/share/doc/vanthu-agent/changelog.gz"
install -m 644 "$here/copyright" LICENSE crates/vanthu-agent/assets/BeVietnamPro-OFL.txt "$root/usr/share/doc/vanthu-agent/"
install -m 755 "$here/postinst" "$here/postrm" "$root/DEBIAN/"
find "$root" -type f -name '*.gz' -exec chmod 644 {} +
find "$root" -type d -exec chmod 755 {} +

# The C library is the one thing taken from the system: a program without it can't load the makers' modules. Which version is
# needed, the program says itself.
glibc=$(objdump -T "$root/usr/bin/vanthu-agent" | grep -o 'GLIBC_[0-9.]*' | sort -uV | tail -n 1 | cut -d_ -f2)
cat >"$root/DEBIAN/control" <<CONTROL
Package: vanthu-agent
Version: $version
Architecture: $architecture
Maintainer: Văn Thư <vanthu@localhost.localdomain>
Installed-Size: $(du -sk "$root/usr" | cut -f1)
Depends: libc6 (>= $glibc), libgcc-s1
Recommends: pcscd, xdg-utils
Section: utils
Priority: optional
Description: signing agent of Văn Thư (máy ký)
 Signs official documents with the key on this desk. Listens on the loopback
 address only, serves paired servers only, shows on its own page what is to be
 signed, and takes the PIN there. Runs as a service of each user.
CONTROL
dpkg-deb --root-owner-group -Zxz --build "$root" "$package" >/dev/null

# What is in it, and does it start.
listed=$(dpkg-deb --contents "$package")
for file in usr/bin/vanthu-agent usr/lib/systemd/user/vanthu-agent.service usr/share/applications/vanthu-agent.desktop \
  usr/share/man/man1/vanthu-agent.1.gz usr/share/doc/vanthu-agent/copyright usr/lib/systemd/system/vanthu-sealer.service \
  usr/share/doc/vanthu-agent/examples/vanthu-sealer.conf usr/share/doc/vanthu-agent/examples/sealer.toml; do
  grep -q " \./$file\$" <<<"$listed" || { echo "$package lacks $file" >&2; exit 1; }
done
if grep -v '^d' <<<"$listed" | grep -v ' root.root ' | grep -q .; then
  echo "$package holds files of somebody else than root" >&2
  exit 1
fi
trial=$(mktemp -d)
trap 'rm -rf "$trial"' EXIT
dpkg-deb --extract "$package" "$trial/tree"
mkdir -m 700 "$trial/home"
coproc agent { HOME=$trial/home XDG_CONFIG_HOME=$trial/home/.config exec "$trial/tree/usr/bin/vanthu-agent" run \
  --listen 127.0.0.1:0 --until-stdin-closes 2>"$trial/log"; }
if ! read -r -t 20 said <&"${agent[0]}"; then
  cat "$trial/log" >&2
  echo "the packaged agent does not start" >&2
  exit 1
fi
url=${said#listening on }
curl --silent --fail --max-time 10 "$url/" | grep -q 'Máy chủ đã ghép'
mode=$(stat -c %a "$trial/home/.config/vanthu-agent")
[ "$mode" = 700 ] || { echo "the settings folder is open to others ($mode)" >&2; exit 1; }
eval "exec ${agent[1]}>&-"
if command -v desktop-file-validate >/dev/null; then desktop-file-validate "$here/vanthu-agent.desktop"; fi
if command -v systemd-analyze >/dev/null; then
  systemd-analyze --user verify --man=no "$trial/tree/usr/lib/systemd/user/vanthu-agent.service" 2>&1 |
    grep -v 'not executable\|No such file' | grep -i 'vanthu-agent.service:[0-9]' && exit 1 || true
  # The unit of the system: whether each line of it is one that systemd knows.
  systemd-analyze verify --man=no "$trial/tree/usr/lib/systemd/system/vanthu-sealer.service" 2>&1 |
    grep -i 'vanthu-sealer.service:[0-9]' && exit 1 || true
fi
echo "$package ($(du -h "$package" | cut -f1), needs libc6 $glibc)"
