// Explore: the page that plays with a model.
//
// `Model` is what the page asks for, computed: surveys of codes, pictures for a slider's place. `Page` is its HTML, style and scripts, which become
// part of the program. It only reads; nothing that a page sends can change a run.
