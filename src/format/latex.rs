//! LaTeX

pub(super) mod math;
pub(super) mod symbols;
