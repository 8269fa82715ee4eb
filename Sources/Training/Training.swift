// Training: one step, optimizers, schedules, evaluation, checkpoints and records.
//
// `TrainingProgram` is what a contract computes, `ModelState` what a step changes, `StepRule` how. `LocalTrainer` does all of it in one process with no
// network, so that "distributed equals local, bit for bit" is a test. `RunDirectory` is what lies on the disk.
