# The program as others get it, and what comes with it: for scripts/install, scripts/package-deb and scripts/image. Sourced, never run.

# The program with Swift's libraries inside and without symbols, which release_program makes.
released="$root/.build/static/tributary"

# What making it needs besides a build: `strip`, and Python for the manual.
release_packages=(binutils python3)

# Makes the program once for whoever asks; a second time it takes seconds.
release_program() {
    swift build "${release_flags[@]}" --product tributary || return
    [[ $released -nt .build/static/release/tributary ]] || strip -o "$released" .build/static/release/tributary
}

# Prints what the program calls its version.
release_version() { "$released" --version; }

# Prints the day of the newest commit, or today where there is none: the same sources give the same files.
release_day() { git log -1 --format=%cs 2>/dev/null || date +%F; }

# Lays out below a prefix: the program, its manual, completions, and units of systemd.
#
#   lay_out PREFIX ZSH-FOLDER       of zsh's completion, below the prefix
lay_out() {
    install -D -m 755 "$released" "$1/bin/tributary" || return
    lay_out_manual "$1/share/man/man1" || return
    complete_in bash "$1/share/bash-completion/completions/tributary" &&
        complete_in zsh "$1/$2/_tributary" &&
        complete_in fish "$1/share/fish/vendor_completions.d/tributary.fish" || return
    install -D -m 644 -t "$1/lib/systemd/system" cluster/systemd/*.service
}

lay_out_manual() {
    mkdir -p "$1" || return
    "$released" --experimental-dump-help | python3 scripts/packaging/manual.py "$(release_day)" "$1" || return
    gzip -9 --no-name --force "$1"/*.1
}

# Writes a shell's completion.
complete_in() { mkdir -p "$(dirname "$2")" && "$released" --generate-completion-script "$1" >"$2"; }
