//! How fast excerpt indexes and searches, how much memory and disk that takes: whole processes, each
//! beside a floor in the same run.
//!
//! `cargo bench --bench speed -- [S|M|L|FOLDER] [ROW…]` makes up a corpus (or copies the folder, which is
//! left as it is), measures the rows named, all where none is, and prints them as a table.
//! `cargo bench --bench speed -- make S|M|L FOLDER` only makes the corpus, to keep it.
//!
//! Times are of the processor, which other work on the machine disturbs least, unless a row says wall.
//! What is compared runs in turn; a figure is the median, with the least and the most.
#![expect(clippy::print_stdout, reason = "a bench prints its figures")]

mod words;
mod text;
mod foreign;
mod corpus;
#[cfg(target_os = "linux")]
mod measure;

use std::{env, ffi::OsString, path::Path};

fn main() {
    let arguments: Vec<OsString> = env::args_os().skip(1).filter(|argument| argument != "--bench").collect();
    if arguments.first().is_some_and(|first| first == "make") {
        let [_, name, folder] = arguments.as_slice() else { panic!("give S, M or L and a folder") };
        let files = corpus::files(&name.to_string_lossy()).expect("it is S, M or L");
        corpus::make(Path::new(folder), files).expect("it can be written");
        return;
    }
    #[cfg(target_os = "linux")]
    measure::run(arguments);
    #[cfg(not(target_os = "linux"))]
    println!("skipped: Linux alone tells what processes cost");
}
