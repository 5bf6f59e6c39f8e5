//! Any text is a query, and the query it is understood as means the same.

#![no_main]

use excerpt::{
    date::Date,
    search::{Query, understood},
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let today = Date::parse("2025-01-30");
    let asked = understood(&Query { text: text.into(), today, ..Query::default() });
    let again = understood(&Query { text: asked.understood.clone(), today, ..Query::default() });
    assert_eq!(again.tree, asked.tree, "{text:?} is understood as {:?}", asked.understood);
    assert_eq!(again.understood, asked.understood, "{text:?}");
});
