// Reports: tables, pages and comparisons of runs' records.
//
// `RunReport` is one run as one HTML file, `Comparison` several runs side by side. They read what a run has written, and no model.
