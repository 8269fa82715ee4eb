# Throw-away Python environments for the checks against h5py, Pillow and PyTorch. Sourced, never run.
#
# Nothing that Tributary does needs Python. The versions are fixed, so that a failing check means a change on our side.

check_modules=(numpy==2.4.4 h5py==3.16.0 Pillow==12.2.0)
torch_module=torch==2.13.0
# What scripts/explore/page.py speaks to Chromium through.
socket_module=websocket-client==1.9.2
tensorboard_module=tensorboard==2.21.0
# What writes images as people keep them: LMDB, TFRecord, tensors, Parquet.
source_modules=("${check_modules[@]}" lmdb==3.0.0 tfrecord==1.14.6 pyarrow==26.0.1 "$torch_module")
# What reads exported models: safetensors, onnx and ONNX Runtime.
export_modules=("${check_modules[@]}" PyYAML==6.0.3 safetensors==0.8.0 onnx==1.23.2 onnxruntime==1.32.0)
# What scripts/bench compares with: the newest PyTorch, whose bf16 is twice as fast as that of 2.13.
peer_modules=(numpy==2.4.4 h5py==3.16.0 PyYAML==6.0.3)
peer_torch_module=torch==2.15.0

# Makes the environment DIRECTORY hold the given modules. One that already does is left as it is.
python_environment() {
    local directory=$1
    shift
    if [[ -f $directory/complete && $(<"$directory/complete") == "$*" ]]; then return; fi
    python3 -c 'import ensurepip, venv' 2>/dev/null || install_packages python3 python3-venv || return
    rm -rf "$directory"
    mkdir -p "$(dirname "$directory")"
    python3 -m venv "$directory" && install_modules "$directory" "$@" && echo "$*" >"$directory/complete"
}

# Installs modules into an environment; PyTorch by itself, see below.
install_modules() {
    local directory=$1 module plain=()
    shift
    for module in "$@"; do
        if [[ $module != torch==* ]]; then
            plain+=("$module")
        else
            install_torch "$directory" "$module" || return
        fi
    done
    "$directory/bin/pip" install --quiet --disable-pip-version-check "${plain[@]}"
}

# Installs a version of PyTorch: the build without GPU code (190 MB) from pip's own sources if they have it, else from PyTorch's index, else
# PyPI's only one, which brings CUDA along (about 3 GB).
install_torch() {
    local pip=("$1/bin/pip" install --quiet --disable-pip-version-check)
    "${pip[@]}" "$2+cpu" 2>/dev/null ||
        "${pip[@]}" --timeout 20 --retries 1 --extra-index-url https://download.pytorch.org/whl/cpu "$2+cpu" 2>/dev/null ||
        "${pip[@]}" "$2"
}
