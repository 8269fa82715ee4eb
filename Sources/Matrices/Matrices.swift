// Matrices: MATLAB's files, through matio.
//
// `MatrixFile` is the whole of it. Counts that a file states are checked against its length before matio believes them.
