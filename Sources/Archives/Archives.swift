// Archives: files within folders, zips and tars, compressed streams, LMDB's databases.
//
// Start at `FileTree`, which is the same for a folder and an archive: names, and bytes on request. Nothing here knows what the files mean; that is
// `Ingest`.
