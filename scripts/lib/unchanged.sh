# Which parts need not run, since what they rest on is what it was when they last passed. Sourced, never run.
#
# scripts/guards/passed.txt has a line "PART HASH" for each part of the kernels: the hash of the contents of all files that the part rests on,
# and of the versions of the compiler and of oneDNN. scripts/test writes it where such a part passes, to be committed with the change. A hash
# is of contents, so no line can hide a change; a line that is wrong, old or missing makes the part run.

passed="$root/scripts/guards/passed.txt"

# Prints the folders and files that a part rests on, one a line.
foundations() {
    printf '%s\n' Package.swift scripts/lib/{setup,kernels,unchanged}.sh \
        Sources/{Randomness,Tensors,VAE,COneDNN,CKernels,OneDNN} Sources/Training/Configuration
    case $1 in
        engine-*) echo Tests/OneDNNTests ;;
        allocations) printf '%s\n' scripts/guards/allocations.c Sources/Performance Tests/Tools/benchmark ;;
        instructions) printf '%s\n' scripts/guards/instructions.txt Sources/Performance Tests/Tools/benchmark ;;
    esac
}

# Prints the hash of what a part rests on, as it lies here.
foundation_hash() {
    local path
    while IFS= read -r path; do
        [[ -e $path ]] || { echo "scripts/lib/unchanged.sh names $path, which is not there" >&2; return 1; }
    done < <(foundations "$1")
    {
        foundations "$1" | while IFS= read -r path; do find "$path" -type f -print0; done |
            LC_ALL=C sort -z | xargs -0 sha256sum
        swift --version 2>/dev/null | head -n 1
        dpkg-query -W -f='${Package} ${Version}\n' libdnnl-dev
    } | sha256sum | cut -d ' ' -f 1
}

# Whether a part passed on contents of this hash.
has_passed() { grep -qxF "$1 $2" "$passed" 2>/dev/null; }

# Notes that a part passed on contents of this hash.
note_passed() {
    { grep -v "^$1 " "$passed" || true; echo "$1 $2"; } 2>/dev/null | LC_ALL=C sort >"$root/.build/passed.txt"
    cp "$root/.build/passed.txt" "$passed"
}
