// OneDNN: the CPU engine, which compiles a graph once and runs it many times.
//
// `OneDNNEngine.compile` makes a `CompiledPlan` (`Plan`): which kernel does what, in which memory, in which order. `OneDNNExecutable` runs it on one
// thread. `Loops` fuses element-wise work, `Convolutions` and `Products` choose between oneDNN's kernels and those of `CKernels`. It is right where it
// agrees with the interpreter of `Tensors`; how it was made fast is in docs/engine.md.
