// Tensors: the symbolic graph, its gradient, and the interpreter that defines it.
//
// A `Tensor` describes a value; a `Graph` collects what leads to some outputs; `gradients(of:withRespectTo:)` is a function from graphs to graphs. The
// Float64 `Interpreter` is the definition of every operation, and an `Engine` is right when it agrees.
