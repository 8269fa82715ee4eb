// Export: trained models for PyTorch and ONNX, and weights from them.
//
// Start at `ExportedModel`. A layer, a likelihood or a latent distribution is one file in its folder, which says how it looks in both; what has none
// is refused by name. `SafeTensors` and `ImportedWeights` go the other way.
