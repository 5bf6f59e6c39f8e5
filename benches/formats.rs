//! How fast files of each format are read, and beside the best peer in the same run.
//!
//! `cargo bench --bench formats` reads the files below `samples` in the folder that `EXCERPT_MATERIAL`
//! names, format by format, and the fixture where there are none, on one thread, and prints megabytes a second of the processor's time. Pages
//! are also given to the readability library alone, PDF files to poppler's `pdftotext` where that is
//! installed.
#![expect(clippy::print_stdout, reason = "a bench prints its figures")]

use std::{
    collections::BTreeMap,
    env, fs,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use excerpt::format::{self, FORMATS, Flow, Input};

/// Files are read again until it took so long: the clock of processes is coarse.
const LEAST: Duration = Duration::from_millis(300);

fn main() {
    let Some(samples) = env::var_os("EXCERPT_MATERIAL").map(|folder| Path::new(&folder).join("samples"))
    else {
        println!("skipped: EXCERPT_MATERIAL names no folder");
        return;
    };
    let mut files: BTreeMap<&'static str, Vec<(PathBuf, Vec<u8>)>> = BTreeMap::new();
    for entry in walkdir::WalkDir::new(samples).sort_by_file_name().into_iter().flatten() {
        let Ok(bytes) = fs::read(entry.path()) else { continue };
        if let Some(format) = format::of(&entry.file_name().to_string_lossy(), &bytes) {
            files.entry(format.name()).or_default().push((entry.into_path(), bytes));
        }
    }
    // Of formats without samples the fixture is read.
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    for format in FORMATS.iter().filter(|format| format.name() != "compressed") {
        let path = fixtures.join(format!("{}.{}", format.name(), format.extensions()[0]));
        let fixture = || fs::read(&path).map(|bytes| vec![(path.clone(), bytes)]).unwrap_or_default();
        files.entry(format.name()).or_insert_with(fixture);
    }
    for (name, files) in &files {
        let (mut ours, mut times) = (Duration::ZERO, 0);
        while ours < LEAST {
            ours += taken(|| {
                (0..1 << times).for_each(|_| files.iter().for_each(|(path, bytes)| read(path, bytes)))
            });
            times += 1;
        }
        // Once, and twice, and four times, and so on.
        let ours = ours / ((1 << times) - 1);
        let bytes: usize = files.iter().map(|(_, bytes)| bytes.len()).sum();
        let speed = bytes as f64 / 1e6 / ours.as_secs_f64();
        let peer = match *name {
            "html" => {
                Some(("readability alone", taken(|| files.iter().for_each(|(_, page)| readability(page)))))
            }
            "pdf" => pdftotext(files).map(|theirs| ("pdftotext", theirs)),
            _ => None,
        };
        let beside = peer.map(|(peer, theirs)| {
            format!(", {:.2} times the time of {peer}", ours.as_secs_f64() / theirs.as_secs_f64())
        });
        println!("{name:<12} {:>4} files, {speed:7.1} MB/s{}", files.len(), beside.unwrap_or_default());
    }
}

fn read(path: &Path, bytes: &[u8]) {
    let name = path.file_name().expect("it has a name").to_string_lossy();
    if let Some(format) = format::of(&name, bytes) {
        let _ = format::read(format, Input::of(&name, bytes), &mut |article| {
            std::hint::black_box(article);
            Flow::Continue(())
        });
    }
}

fn readability(page: &[u8]) {
    let text = String::from_utf8_lossy(page);
    if let Ok(mut page) = dom_smoothie::Readability::new(text.as_ref(), None, None) {
        let _ = std::hint::black_box(page.parse());
    }
}

/// Returns the time that poppler takes for the same files, one process each, less that of a process
/// that reads none.
fn pdftotext(files: &[(PathBuf, Vec<u8>)]) -> Option<Duration> {
    let run = |arguments: &[&Path]| {
        Command::new("pdftotext").args(arguments).arg("-").output().map(|output| output.status)
    };
    run(&[Path::new("-v")]).ok()?;
    let nothing = children(|| {
        (0..20).for_each(|_| {
            let _ = run(&[Path::new("-v")]);
        });
    }) / 20;
    let all = children(|| {
        files.iter().for_each(|(path, _)| {
            let _ = run(&[path]);
        });
    });
    Some(all.saturating_sub(nothing * u32::try_from(files.len()).unwrap_or(1)))
}

/// Returns the processor's time that this thread spends on something.
fn taken(run: impl FnOnce()) -> Duration {
    let before = ticks("self").0;
    run();
    ticks("self").0.saturating_sub(before)
}

/// Returns the processor's time that programs take which something starts.
fn children(run: impl FnOnce()) -> Duration {
    let before = ticks("self").1;
    run();
    ticks("self").1.saturating_sub(before)
}

/// Returns the processor's time of a process and of the children it waited for (proc(5), `stat`).
fn ticks(process: &str) -> (Duration, Duration) {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    let fields: Vec<u64> = stat
        .rsplit(')')
        .next()
        .map(|rest| rest.split_whitespace().map(|field| field.parse().unwrap_or(0)).collect())
        .unwrap_or_default();
    let sum = |first: usize| {
        // A hundred ticks a second, as Linux counts for programs.
        Duration::from_millis(10 * fields.iter().skip(first).take(2).sum::<u64>())
    };
    (sum(11), sum(13))
}
