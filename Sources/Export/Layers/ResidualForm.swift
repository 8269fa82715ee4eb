import VAE

/// x, or its projection, and what the layers make of x.
struct ResidualForm: LayerForm {
    func module(_ place: PlacedLayer) -> [String] {
        let (layers, projection) = place.parts!
        guard let projection else { return layers.sequential.beginning(with: "Residual(").ending(with: ")") }
        let module = projection.layer.form.module(projection)
        return ["Residual("] + (layers.sequential.ending(with: ",") + module.ending(with: ",")).indented + [")"]
    }

    func helpers(_ place: PlacedLayer) -> Set<PythonHelper> { place.parts!.layers.helpers.union([.residual]) }

    func result(of x: ONNXGraph.Value, _ place: PlacedLayer, in graph: inout ONNXGraph) -> ONNXGraph.Value {
        let (layers, projection) = place.parts!
        let name = graph.place
        let result = layers.result(of: x, under: "\(name).layers", in: &graph)
        graph.begin("\(name).projection")
        let skip = projection.map { $0.layer.form.result(of: x, $0, in: &graph) } ?? x
        graph.begin(name)
        return graph.add("Add", [skip, result])
    }
}
