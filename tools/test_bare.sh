#!/usr/bin/env bash
# make test-bare: make demo and make test on a bare machine.
#
# The machine is a folder ($BED/bare) with Debian 12 as debootstrap leaves it, and
# nothing more than its Python 3.11.2, make and ca-certificates; an ordinary user, and
# this checkout as somebody downloads it: an archive, without .git. What it needs from
# the outside world it gets from where this machine gets it: resolv.conf, apt's
# sources, pip's settings, certificates, the proxy variables.
#
# Needs root, for debootstrap and chroot, and Linux.
#
#   BARE_T=word    make test T=word instead of the whole; BARE_T=- no make test at all
#   BARE_KEEP=1    leaves the folder when everything was fine, too
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/.." && pwd)
suite=bookworm
person=tester
place=/home/$person/client-health
say() { printf '[%4ds] %s\n' "$SECONDS" "$*"; }
die() {
    echo "test-bare: $*" >&2
    exit 1
}

# --- inside: a namespace of its own for mounts and processes, so that nothing is left
inside() {
    machine=$1
    mount -t proc proc "$machine/proc"
    mount -t tmpfs -o mode=1777 tmpfs "$machine/dev/shm"
    for device in null zero full random urandom tty; do # mknod is forbidden in containers
        [ -c "$machine/dev/$device" ] || { : >"$machine/dev/$device" && mount --bind "/dev/$device" "$machine/dev/$device"; }
    done
    while read -r folder; do # packages on this machine's disk, which pip's settings name
        mkdir -p "$machine$folder"
        mount --bind -o ro "$folder" "$machine$folder"
    done <"$machine/root/folders"
    result=0
    attempt 'make demo' 'make demo' || result=1
    attempt 'the page of the demo' "python3 - <<'PY'
import re, urllib.request
address = re.search(r'http://localhost:[0-9]+', open('/tmp/demo.log').read())[0]
open_page = urllib.request.build_opener(urllib.request.ProxyHandler({})).open
page = open_page(address + '/odoo/client-health', timeout=120).read().decode()
assert 'name=\"login\"' in page, page[:2000]
print(address, 'asks for a login')
PY" || result=1
    attempt 'make stop' 'make stop' || result=1
    case "${BARE_T:-}" in
    -) ;;
    '') attempt 'make test' 'make test' || result=1 ;;
    *) attempt "make test T=$BARE_T" "make test T='$BARE_T'" || result=1 ;;
    esac
    attempt 'make stop, after the tests' 'make stop' || true
    return $result
}
attempt() { # attempt NAME COMMAND, as the ordinary user in the checkout
    local status=0 log=/tmp/demo.log
    [ "$1" = 'make demo' ] || log=/tmp/last.log
    say "$1"
    # shellcheck disable=SC2016 # $1 is that of the inner shell
    chroot --userspec="$person:$person" "$machine" /usr/bin/env -i "${environment[@]}" \
        /bin/bash -o pipefail -c 'cd "$0" && { eval "$1"; } 2>&1 | tee "$2"' "$place" "$2" "$log" || status=$?
    [ $status -eq 0 ] && verdict+=("fine    $1") || verdict+=("FAILED  $1")
    return $status
}
if [ "${1:-}" = inside ]; then
    mapfile -t environment <"$2/root/environment"
    verdict=()
    status=0
    inside "$2" || status=$?
    printf '\nA bare %s, %s, %s:\n' "$suite" \
        "$(chroot "$2" python3 --version)" "$(chroot "$2" make --version | head -n 1)"
    printf '  %s\n' "${verdict[@]}"
    exit "$status"
fi

# --- the machine
[ "$(id -u)" = 0 ] || die 'needs root, for debootstrap and chroot: sudo make test-bare'
command -v apt-get >/dev/null || die 'needs Debian or its like: the archive is taken from the sources of apt'
unshare --mount --pid --fork true 2>/dev/null ||
    die 'may not make a namespace here (unshare --mount): in a container, start it with --privileged'
bed=${BED:-$root/.bed}
mkdir -p "$bed"
bed=$(cd "$bed" && pwd)
machine=$bed/bare
rm -rf --one-file-system "$machine"
debootstrap=$(command -v debootstrap || echo "$bed/root/usr/sbin/debootstrap")
if [ ! -x "$debootstrap" ]; then
    "$here/setup.sh" debootstrap
fi
[ "$debootstrap" != "$bed/root/usr/sbin/debootstrap" ] || export DEBOOTSTRAP_DIR=$bed/root/usr/share/debootstrap
# "URI SUITE" of each main component in this machine's own sources
sources=$(apt-get update --print-uris | sed -nE "s|^'([^']+)/dists/([^']+)/main/binary-[^']*'.*|\1 \2|p" | sort -u)
codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-stable}")
mirror=$(awk -v c="$codename" '$2 == c {print $1; exit}' <<<"$sources")
security=$(awk -v c="$codename-security" '$2 == c {print $1; exit}' <<<"$sources")
[ -n "$mirror" ] || die "the sources of apt name no archive of $codename"
say "debootstrap $suite"
"$debootstrap" --variant=minbase --include=python3,make,ca-certificates "$suite" "$machine" "$mirror" >"$bed/bare.log" 2>&1 ||
    die "$(tail -n 5 "$bed/bare.log")
debootstrap failed, see $bed/bare.log"
{
    echo "deb $mirror $suite main"
    [ -z "$security" ] || echo "deb $security $suite-security main"
} >"$machine/etc/apt/sources.list"

# --- its way to the outside world
cp -L /etc/resolv.conf "$machine/etc/resolv.conf"
cp -L /etc/hosts "$machine/etc/hosts"
certificates=/etc/ssl/certs/ca-certificates.crt
[ ! -e $certificates ] || cp -L $certificates "$machine$certificates"
cp -a /etc/apt/apt.conf.d/*proxy* "$machine/etc/apt/apt.conf.d/" 2>/dev/null || true
chroot "$machine" useradd --create-home --shell /bin/bash "$person"
for settings in /etc/pip.conf "${XDG_CONFIG_HOME:-$HOME/.config}/pip/pip.conf" "$HOME/.pip/pip.conf"; do
    [ ! -e "$settings" ] || cat "$settings" >>"$machine/root/pip.conf"
done
if [ -e "$machine/root/pip.conf" ]; then
    # one section each: later settings add to earlier ones
    awk '/^\[global\]/ && seen++ {next} {print}' "$machine/root/pip.conf" >"$machine/etc/pip.conf"
fi
{
    printf '%s\n' "HOME=/home/$person" PATH=/usr/local/bin:/usr/bin:/bin LANG=C.UTF-8 "USER=$person"
    env | grep -iE '^(https?_proxy|no_proxy|all_proxy|PIP_[A-Z_]+|SSL_CERT_FILE|REQUESTS_CA_BUNDLE)=' || true
} >"$machine/root/environment"
{ cat "$machine/root/pip.conf" 2>/dev/null && cat "$machine/root/environment"; } |
    grep -iE 'find.links|index.url' | grep -oE '(file://)?/[^ ,=]+' | sed 's|^file://||; s|^//.*||; s|/simple/*$||' | # its files are beside it
    while read -r folder; do [ ! -d "$folder" ] || echo "$folder"; done | sort -u >"$machine/root/folders"

# --- the checkout as an archive
mkdir "$machine$place"
if git -C "$root" rev-parse 2>/dev/null; then
    (cd "$root" && git ls-files -z --cached --others --exclude-standard | # less what was removed
        while IFS= read -r -d '' path; do [ ! -e "$path" ] || printf '%s\0' "$path"; done |
        tar -c --null -T -)
else
    tar -c -C "$root" --exclude=./.bed --exclude=./.git --exclude=__pycache__ .
fi | tar -x -C "$machine$place"
chroot "$machine" chown -R "$person:$person" "$place"

status=0
unshare --mount --pid --fork "${BASH_SOURCE[0]}" inside "$machine" || status=$?
if [ $status -eq 0 ] && [ -z "${BARE_KEEP:-}" ]; then
    rm -rf --one-file-system "$machine"
else
    echo "the machine is left in $machine; make clean removes it"
fi
exit "$status"
