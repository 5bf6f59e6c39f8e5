//! Any bytes are read by the reader that the target is named after, or refused in words; what comes out
//! keeps the rules of [`excerpt::article`].

#![no_main]

use excerpt::{
    format::{self, Flow, Input},
    passage::{self, Size},
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let format = format::by_name(env!("CARGO_BIN_NAME")).expect("a target is named after a format");
    let name = format!("fuzzed.{}", format.extensions()[0]);
    let mut count = 0;
    let read = format::read(format, Input::of(&name, bytes), &mut |article| {
        count += 1;
        for section in &article.sections {
            let starts = section.blocks.iter().map(|block| block.start);
            assert!(starts.clone().is_sorted() && starts.clone().all(|at| section.text.is_char_boundary(at)));
            let spots = section.spots.iter().map(|&(at, _)| at);
            assert!(spots.clone().is_sorted() && spots.clone().all(|at| section.text.is_char_boundary(at)));
        }
        passage::cut(&article, Size::default());
        if count < 1_000 { Flow::Continue(()) } else { Flow::Break(()) }
    });
    let failed = read.err().map(|cause| cause.to_string()).unwrap_or_default();
    assert!(!failed.contains("reader failed on it"), "a reader panicked");
});
