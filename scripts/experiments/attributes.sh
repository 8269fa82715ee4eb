# The 40 attributes of CelebA told from the codes of `face-64` after 8 epochs, by logistic regression: published mean 86.95 % (Hou et al. 2017).
minutes=3
experiment() {
    local name faces=$runs/celeba.h5
    [[ -e $faces ]] || "$tributary" data import celeba "$data/celeba" --size 64 --out "$faces" >&2
    images=$faces train attributes --preset face-64 --epochs 8
    rm -f "$runs/codes.h5"
    "$tributary" embed --checkpoint "$runs/attributes" --data "$faces" --out "$runs/codes.h5" >&2
    python_environment .build/python/attributes numpy==2.4.4 h5py==3.16.0 scikit-learn==1.9.1 >&2
    .build/python/attributes/bin/python $here/attributes.py "$runs/codes.h5" "$runs/attributes.md" >"$runs/attributes.txt"
    cat "$runs/attributes.md" >&2
    for name in codes majority; do
        result "mean of 40, $name" "$(awk -v n=$name '$1 == n { print $2 }' "$runs/attributes.txt")"
    done
}
