# What every script here begins with: where the package is, how to stop, and the tools it needs. Sourced, never run.

set -euo pipefail

# Numbers, orders and messages are the same whatever the user's language.
export LC_ALL=C.UTF-8

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$root"

# The Debian and Ubuntu packages that the build needs: the C libraries of Package.swift and the tool that finds them.
build_packages=(
    libzmq3-dev libhdf5-dev libdnnl-dev libjpeg-dev libpng-dev libwebp-dev libzip-dev libarchive-dev libmatio-dev zlib1g-dev libssl-dev pkg-config
)

# The Debian 12 packages that the program needs where it runs and is not built; cluster/README.md names them.
run_packages=(libzmq5 libhdf5-103-1 libdnnl2 libjpeg62-turbo libpng16-16 libwebp7 libzip4 libarchive13 libmatio11 zlib1g libssl3)

# What the checks need besides: `git` to see whether mistakes apply, `strip` to count instructions.
check_packages=(git binutils)

# One way to build, so that no script throws away what another has built. Testing needs -enable-testing.
swift_flags=(-c release -Xswiftc -enable-testing)

# What README.md tells to build, with Swift's own libraries inside: in a folder of its own, for the same reason.
release_flags=(-c release --static-swift-stdlib --scratch-path .build/static)

# All that is tested. (`swift build --build-tests` would also build what dependencies bring along and nobody here runs, such as protoc in C++.)
products=(tributary tributaryPackageTests benchmark chaos estimators exports simulate)

# Builds it.
build_all() {
    local product
    for product in "${products[@]}"; do swift build "${swift_flags[@]}" --product "$product" || return; done
}

# Runs the Swift tests, already built.
swift_tests() { swift test --skip-build --disable-xctest "${swift_flags[@]}" "$@"; }

# Ends the script with one sentence.
fail() {
    printf '%s: %s\n' "$(basename "$0")" "$*" >&2
    exit 1
}

# Runs a command as the administrator.
as_administrator() {
    if ((EUID == 0)); then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        fail "installing packages needs root or sudo; as root, run: $*"
    fi
}

# Prints those of the named packages that are not installed.
missing_packages() {
    local package
    for package in "$@"; do
        [[ $(dpkg-query -W -f='${Status}' "$package" 2>/dev/null) == "install ok installed" ]] || echo "$package"
    done
}

# Installs those of the named packages that are missing.
install_packages() {
    command -v dpkg-query >/dev/null ||
        fail "this is neither Debian nor Ubuntu; install what these packages hold, then run swift build: $*"
    local missing
    mapfile -t missing < <(missing_packages "$@")
    ((${#missing[@]})) || return 0
    command -v apt-get >/dev/null || fail "apt-get is not here to install ${missing[*]}"
    echo "Installing ${missing[*]}"
    as_administrator apt-get update -qq &&
        as_administrator env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"
}

# Ends the script unless Swift 6.2 or newer is on the PATH.
require_swift() {
    local remedy="install Swift 6.2 or newer from https://www.swift.org/install/linux/ and put it on the PATH"
    command -v swift >/dev/null || fail "there is no swift on the PATH: $remedy"
    local version
    version=$(swift --version 2>&1 | sed -nE 's/.*Swift version ([0-9]+\.[0-9]+).*/\1/p' | head -n 1)
    [[ -n $version ]] || fail "swift --version prints no version: $remedy"
    ((${version%.*} > 6 || (${version%.*} == 6 && ${version#*.} >= 2))) ||
        fail "Swift $version is too old: $remedy"
}
