// Ingest: other people's data in, codes out, and drawn faces.
//
// `ImageDataset` reads HDF5 files of many layouts in place; `ImageImport` makes one of everything else, one source a file in `Importing/Sources`.
// What stored numbers mean is decided in `Scale` alone. `Faces` draws faces whose attributes are known.
