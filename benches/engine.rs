//! Indexing and searching beside tantivy alone, on the same passages in the same run.
fn main() {}
