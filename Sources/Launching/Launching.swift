// Launching: what starts a run's processes on other machines, as text: scripts for Slurm, and lines for the shells of hosts behind ssh.
//
// What it is: values that become text, so that a test compares the text. What it is not: a place that runs anything; `tributary launch` does
// that.
