//! A folder of made-up articles, always the same: text, Markdown and HTML, with the lengths and the
//! vocabulary of an encyclopedia, manuals and saved pages.

use std::{fs, io, path::Path, thread};

use super::{
    foreign,
    text::{Author, Form},
    words::Words,
};

/// How many files stand together in one folder.
const TOGETHER: u64 = 200;

/// One file of so many is in another language.
const FOREIGN: u64 = 67;

/// Returns how many files a corpus of this name has: S, M or L.
pub(crate) fn files(name: &str) -> Option<u64> {
    match name {
        "S" => Some(1_000),
        "M" => Some(35_000),
        "L" => Some(215_000),
        _ => None,
    }
}

/// Makes so many files in a folder.
pub(crate) fn make(folder: &Path, files: u64) -> io::Result<()> {
    let words = Words::new();
    let workers = thread::available_parallelism().map_or(1, usize::from) as u64;
    thread::scope(|scope| {
        let run = |worker| {
            let words = &words;
            move || {
                (worker..files).step_by(workers as usize).try_for_each(|number| write(words, folder, number))
            }
        };
        let running: Vec<_> = (0..workers).map(|worker| scope.spawn(run(worker))).collect();
        running.into_iter().try_for_each(|worker| worker.join().expect("it does not panic"))
    })
}

fn write(words: &Words, folder: &Path, number: u64) -> io::Result<()> {
    // Of a hundred files, 57, 33 and 10; medians and spreads are those of Wikipedia's articles, of
    // software manuals and of saved pages.
    let (form, place, end, median, spread) = match number * 37 % 100 {
        0..57 => (Form::Text, "articles", "txt", 2_500.0, 1.5),
        57..90 => (Form::Markdown, "manuals", "md", 2_450.0, 1.4),
        _ => (Form::Html, "pages", "html", 8_000.0, 1.04),
    };
    let mut author = Author::new(words, number, number / TOGETHER, form);
    let (size, name) = (author.size(median, spread), author.name());
    let folder = folder.join(place).join(format!("{:04}", number / TOGETHER));
    fs::create_dir_all(&folder)?;
    if number % FOREIGN == FOREIGN - 1 {
        return fs::write(folder.join(format!("{name}-{number}.txt")), foreign::article(number / FOREIGN));
    }
    fs::write(folder.join(format!("{name}-{number}.{end}")), author.write(size))
}
