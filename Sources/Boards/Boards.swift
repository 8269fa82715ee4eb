// Boards: TensorBoard's files, which follow a run's records.
//
// `Board` reads what a run has written (`RecordFollower`, `GrowingFile`), makes events of it (`RowEvents`) and appends them to an event file
// (`EventFile`). It is told nothing by the run, so it can begin late, and be started again.
