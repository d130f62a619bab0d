#!/usr/bin/env bash
# Makes what this module needs to run and be tested, all below one folder, without
# root: Odoo 19, its Python packages, Chromium, PostgreSQL. Whatever is there is
# kept, so an interrupted set-up continues where it stopped.
#
#   tools/setup.sh            everything; the result is the file $BED/env to source
#   tools/setup.sh python     only the Python packages (enough for `make lint`)
#   tools/setup.sh faketime | debootstrap   for `make test-days`, `make test-bare`
#
#   BED=folder                instead of .bed in the checkout
#   ODOO_HOME=folder          an Odoo 19 checkout instead of Debian's odoo-19
#   PGHOST= PGPORT= PGUSER= PGPASSWORD=   a PostgreSQL server instead of a private one
#   CHROME=program PYTHON=program PORT=number
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
bed=${BED:-$root/.bed}
mkdir -p "$bed"
bed=$(cd "$bed" && pwd)
[ "${BED_PRIVATE_PG:-}" != "$bed" ] || unset PGHOST PGPORT PGUSER PGPASSWORD # $bed/env was sourced
# PYTHONDONTWRITEBYTECODE would make every start of Odoo compile it anew (4 seconds)
unset PYTHONDONTWRITEBYTECODE PYTHONPATH PYTHONHOME VIRTUAL_ENV
log=$bed/setup.log
prefix=$bed/root # Debian packages are unpacked here
py=$bed/venv/bin/python
exec 3>&2 # stays the screen while a step writes to the log

# --- progress and failure
doing=''
advice=''
ticker=''
say() { printf '[%3ds] %s\n' "$SECONDS" "$*" >&3; }
die() {
    doing=''
    echo "set-up: $*" >&3
    exit 1
}
step() { # step WHAT ADVICE COMMAND...: its output goes to the log; a line every 10 s
    doing=$1 advice=$2
    say "$doing"
    (exec 9>&-; while sleep 10 >/dev/null 2>&1 3>&-; do say "  ... $doing"; done) &
    ticker=$!
    "${@:3}" >>"$log" 2>&1
    stop_ticker
    doing=''
}
stop_ticker() {
    [ -z "$ticker" ] || { kill "$ticker" && wait "$ticker"; } 2>/dev/null || true
    ticker=''
}
finish() {
    local status=$?
    stop_ticker
    [ -z "$doing" ] || {
        echo "set-up stopped at: $doing"
        tail -n 8 "$log" | cut -c1-300 | sed 's/^/    /'
        echo "What to do: $advice"
        echo "Then run the same command again: it continues here. (Log: $log)"
    } >&3
    exit "$status"
}
trap finish EXIT
need_space() { # need_space MB
    local free
    free=$(df -Pk "$bed" | awk 'NR == 2 {print int($4 / 1024)}')
    [ "$free" -ge "$1" ] || die "$1 MB of disk space are needed in $bed, $free MB are free: make room, or give BED=/folder/with/room"
}
network='is there a network connection? Behind a proxy, set https_proxy.'

# --- Debian packages: apt with lists of its own, so neither root nor a change to the machine
apt_ready=''
apt_init() {
    [ -z "$apt_ready" ] || return 0
    command -v apt-get >/dev/null ||
        die "this machine has no apt. Give ODOO_HOME=/path/to/odoo (an Odoo 19.0 checkout) and CHROME=/path/to/chrome"
    local dir=$bed/apt codename uri signed='' keyring=/usr/share/keyrings/debian-archive-keyring.gpg
    mkdir -p "$dir"/{parts,lists/partial,cache/archives/partial,preferences}
    rm -f "$dir"/parts/*
    printf 'Package: *\nPin: release n=sid\nPin-Priority: 1\n' >"$dir/preferences/sid"
    apt=(-q -o Dir::Etc::SourceList=/dev/null -o "Dir::Etc::SourceParts=$dir/parts"
        -o Dir::Etc::Preferences=/dev/null -o "Dir::Etc::PreferencesParts=$dir/preferences"
        -o "Dir::State::Lists=$dir/lists" -o "Dir::Cache=$dir/cache" -o "APT::Sandbox::User=$(id -un)"
        -o Acquire::Languages=none -o Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled=false
        -o Acquire::Retries=3 -o APT::Install-Recommends=0
        -o Acquire::Check-Valid-Until=false) # a mirror may be a snapshot; signatures are checked all the same
    codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-stable}")
    [ ! -e "$keyring" ] || signed="Signed-By: $keyring"
    # "URI SUITE" of each main component in the machine's own sources (one-line and deb822 alike)
    apt-get update --print-uris | sed -nE "s|^'([^']+)/dists/([^']+)/main/binary-[^']*'.*|\1 \2|p" |
        grep -v '^cdrom' | awk '!seen[$0]++' >"$dir/machine" || true
    # odoo-19 is only in sid: the first of those archives that has a sid with Odoo in it
    for uri in $(awk -v c="$codename" '$2 == c || $2 ~ /^(stable|testing|unstable|sid)$/ {print $1}' "$dir/machine"); do
        awk -v c="$codename" -v u="$uri" \
            '$1 == u && $2 !~ /^(sid|unstable)$|backports/ || $2 == c "-security" || $2 == "stable-security"' "$dir/machine" |
            while read -r u suite; do
                printf 'Types: deb\nURIs: %s\nSuites: %s\nComponents: main\n%s\n\n' "$u" "$suite" "$signed"
            done | cat -s >"$dir/parts/debian.sources"
        printf 'Types: deb\nURIs: %s\nSuites: sid\nComponents: main\n%s\n' "$uri" "$signed" >"$dir/parts/sid.sources"
        apt-get "${apt[@]}" update || continue
        ! apt-cache "${apt[@]}" show odoo-19 >/dev/null || apt_ready=1
        [ -z "$apt_ready" ] || return 0
    done
    [ -s "$dir/machine" ] || die "apt's sources name no Debian archive, so there is no odoo-19 to fetch. Give ODOO_HOME=/path/to/odoo (an Odoo 19.0 checkout) and CHROME=/path/to/chrome"
    tail -n 4 "$log" >&3
    die "no Debian archive with odoo-19 could be read ($network Else give ODOO_HOME=/path/to/odoo, an Odoo 19.0 checkout, and CHROME=/path/to/chrome)"
}
unpack() { # unpack PACKAGE...
    apt_init
    mkdir -p "$bed/apt/debs" "$prefix"
    (cd "$bed/apt/debs" && apt-get "${apt[@]}" download "$@")
    for deb in "$bed"/apt/debs/*.deb; do dpkg -x "$deb" "$prefix"; done
    rm -rf "$bed/apt/debs" "$bed/apt/cache/archives"
}

# --- Odoo
fetch_odoo() {
    unpack odoo-19/sid fonts-font-awesome fonts-inconsolata fonts-montserrat fonts-ocr-b \
        fonts-roboto-unhinted libjs-jquery libjs-jquery-form libjs-underscore
    # Debian leaves this file out (blurred background in calls). Odoo then logs an error in
    # every browser console, and a console error fails every tour.
    local stub=$odoo_home/odoo/addons/mail/static/lib/selfie_segmentation/selfie_segmentation.js
    mkdir -p "${stub%/*}"
    [ -e "$stub" ] || echo '/* not in the Debian package */' >"$stub"
}
setup_odoo() {
    if [ -n "${ODOO_HOME:-}" ]; then
        grep -qs '19, 0' "$ODOO_HOME/odoo/release.py" ||
            die "ODOO_HOME=$ODOO_HOME is no Odoo 19.0: it must hold odoo/release.py of version 19.0"
        odoo_home=$(cd "$ODOO_HOME" && pwd)
        return
    fi
    odoo_home=$prefix/usr/lib/python3/dist-packages
    [ ! -e "$bed/odoo.done" ] || return 0
    need_space 2000
    step 'Odoo 19 (download 150 MB)' "$network Or give ODOO_HOME=/path/to/odoo, an Odoo 19.0 checkout." fetch_odoo
    touch "$bed/odoo.done"
}

# --- Python
find_python() {
    local p
    for p in ${PYTHON:-python3 python3.12 python3.11 python3.13 python3.10}; do
        case $("$p" -c 'import sys; print(*sys.version_info[:2])' 2>/dev/null) in
        '3 10' | '3 11' | '3 12' | '3 13') python=$p && return ;;
        esac
    done
    die "Odoo 19 needs Python 3.10 to 3.13, and ${PYTHON:-python3} is none: install one and give PYTHON=/path/to/python3.12"
}
make_venv() {
    local site pip=("$py" -m pip)
    if "$py" -m pip --version; then
        : # requirements have changed: PostgreSQL may be running from here, so no new one
    elif "$python" -c 'import ensurepip'; then
        "$python" -m venv --clear "$bed/venv"
    else # Debian without python3-venv
        unpack python3-pip-whl
        "$python" -m venv --clear --without-pip "$bed/venv"
        "$py" "$(echo "$prefix"/usr/share/python-wheels/pip-*.whl)/pip" install -q pip
    fi
    # makes pip believe that odoo 19.0 is there and needs nothing: an odoo-addon-* asks for
    # it, no index has it, and Debian's own metadata asks for PyPDF2 3, which breaks Odoo
    site=$("$py" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
    mkdir -p "$site/odoo-19.0.dist-info"
    printf 'Metadata-Version: 2.1\nName: odoo\nVersion: 19.0\n' >"$site/odoo-19.0.dist-info/METADATA"
    "${pip[@]}" install -q --disable-pip-version-check -r "$root/requirements-test.txt" -r "$root/requirements-lint.txt"
}
setup_python() {
    local wanted
    wanted=$(cat "$root"/requirements*.txt | cksum)
    [ ! -x "$py" ] || [ "$(cat "$bed/venv.done" 2>/dev/null)" != "$wanted" ] || return 0
    find_python
    need_space 600
    step "Python packages (download 95 MB)" "$network Or the package index lacks one of the pinned versions: see the log." make_venv
    echo "$wanted" >"$bed/venv.done"
}
link_odoo() { # makes `import odoo` work
    local site
    site=$("$py" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
    echo "$odoo_home" >"$site/odoo.pth"
    mkdir -p "$bed/bin"
    printf '#!%s\nfrom odoo.cli.command import main\nmain()\n' "$py" >"$bed/bin/odoo"
    chmod +x "$bed/bin/odoo"
}

# --- Chromium: Odoo's tours take the first of these names on PATH
have_chrome() {
    [ -x "$bed/bin/chromium" ] || command -v google-chrome chromium chromium-browser google-chrome-stable >/dev/null
}
fetch_chrome() {
    apt_init
    # shellcheck disable=SC2046 # one word per package: Chromium and what the machine lacks of its libraries
    unpack $(apt-get "${apt[@]}" -s install chromium | awk '$1 == "Inst" && $3 !~ /^\[/ {print $2}')
    local libs
    libs=$(find "$prefix/lib" "$prefix/usr/lib" -maxdepth 3 -name 'lib*.so*' -printf '%h\n' 2>/dev/null |
        grep linux-gnu | sort -u | paste -sd:) || true
    printf '<fontconfig><dir>%s/usr/share/fonts</dir><dir>/usr/share/fonts</dir><cachedir>%s/fontcache</cachedir></fontconfig>\n' \
        "$prefix" "$bed" >"$bed/fonts.conf"
    cat >"$bed/chromium" <<SH
#!/bin/sh
export LD_LIBRARY_PATH="$libs\${LD_LIBRARY_PATH:+:\$LD_LIBRARY_PATH}" FONTCONFIG_FILE="$bed/fonts.conf"
exec "$prefix/usr/lib/chromium/chromium" "\$@"
SH
    chmod +x "$bed/chromium"
    "$bed/chromium" --headless --no-sandbox --version
    mkdir -p "$bed/bin"
    mv "$bed/chromium" "$bed/bin/chromium"
}
setup_chrome() {
    if [ -n "${CHROME:-}" ]; then
        [ -x "$(command -v "$CHROME")" ] || die "CHROME=$CHROME is no program"
        ln -sf "$(command -v "$CHROME")" "$bed/bin/chromium"
    elif ! have_chrome && [ "$(uname)" = Linux ]; then
        need_space 1200
        step 'Chromium for the browser tests (download 200 MB)' \
            "$network Or install Chrome or Chromium, or give CHROME=/path/to/chrome." fetch_chrome
    fi
}

# --- PostgreSQL, and the file that brings it all together
replace() { # replace FILE: with stdin, untouched when nothing changed
    cat >"$1.$$"
    if cmp -s "$1.$$" "$1"; then rm "$1.$$"; else mv "$1.$$" "$1"; fi
}
write_config() {
    {
        printf 'export BED=%q ODOO_RC=%q\n' "$bed" "$bed/odoo.conf"
        printf 'export PATH=%q:"$PATH"\n' "$bed/venv/bin:$bed/bin:$("$py" "$root/tools/pg.py" "$bed" bin)"
        printf 'export HYPOTHESIS_STORAGE_DIRECTORY=%q\n' "$bed/hypothesis"
        echo 'unset PYTHONDONTWRITEBYTECODE PYTHONPATH PYTHONHOME PGDATABASE'
        if [ -z "${PGHOST:-}" ]; then
            "$py" "$root/tools/pg.py" "$bed" env
            printf 'export BED_PRIVATE_PG=%q\n' "$bed"
        else
            echo 'unset BED_PRIVATE_PG'
            for v in PGHOST PGPORT PGUSER PGPASSWORD; do
                [ -z "${!v:-}" ] || printf 'export %s=%q\n' $v "${!v}"
            done
        fi
    } | (umask 077 && replace "$bed/env")
    replace "$bed/odoo.conf" <<CONF
[options]
addons_path = ${ADDONS:-$root}
data_dir = $bed/data
screenshots = $bed/screenshots
http_interface = 127.0.0.1
http_port = ${PORT:-8069}
list_db = False
max_cron_threads = 0
CONF
}
setup_postgres() {
    write_config
    . "$bed/env"
    if [ -n "${BED_PRIVATE_PG:-}" ]; then
        "$py" "$root/tools/pg.py" "$bed" start >&3 2>&3 ||
            die "PostgreSQL did not start: see $bed/pg.log. 'make clean' throws the databases away and begins anew."
        return
    fi
    local user
    user=$(psql -d postgres -Atc 'select current_user' 2>&1) ||
        die "the PostgreSQL server named by PGHOST=$PGHOST refuses: $user"
    [ "$user" != postgres ] || die 'Odoo refuses to work as the database user "postgres": give PGUSER= another one that may create databases'
}

# --- what single commands need
setup_tool() { # setup_tool PACKAGE
    need_space 300
    step "$1" "$network Or install the package $1." unpack "$1"
    rm -rf "$bed/apt"
}

# one set-up at a time
if command -v flock >/dev/null; then
    exec 9>"$bed/setup.lock"
    flock -n 9 || { say 'waiting for another set-up of this checkout' && flock 9; }
fi
case "${1:-}" in
python) setup_python ;;
faketime) setup_tool libfaketime ;;
debootstrap) setup_tool debootstrap ;;
esac
[ -z "${1:-}" ] || exit 0
[ -e "$bed/odoo.done" ] || need_space 3500
setup_python
setup_odoo
link_odoo
setup_chrome
rm -rf "$bed/apt" # lists and caches of 250 MB
setup_postgres 9>&-
