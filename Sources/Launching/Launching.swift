// Launching: scripts for Slurm and lines for ssh, as text.
//
// They start a run's processes on other machines. What it is: values that become text, so that a test compares the text. What it is not: a place that runs anything; `tributary launch` does
// that.
