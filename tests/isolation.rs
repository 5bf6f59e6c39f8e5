//! What a reader cannot be stopped from in a process of its own is stopped in a process apart: this program
//! is its own worker, and its readers do what no reader that is shipped does.

#![expect(clippy::print_stdout, reason = "it says which tests it ran, as any test program does")]

use std::{
    collections::BTreeMap,
    fs,
    io::Write,
    path::Path,
    process::ExitCode,
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, Instant},
};

use excerpt::{
    Index,
    article::{Article, Kind, Section},
    format::{
        Cause, Each, Extent, Format, Input, Warnings,
        worker::{self, Worker},
    },
    index::{Event, Outcome, Report, Update, Verdict},
    search::Query,
};

/// A test by its name.
type Test = (&'static str, fn());

const TESTS: &[Test] = &[
    ("each_ends_its_own_file_and_the_ledger_says_how", each_ends_its_own_file_and_the_ledger_says_how),
    ("only_what_took_too_long_is_tried_again", only_what_took_too_long_is_tried_again),
    (
        "what_took_too_much_memory_is_tried_again_with_more",
        what_took_too_much_memory_is_tried_again_with_more,
    ),
    ("any_number_of_jobs_comes_to_the_same", any_number_of_jobs_comes_to_the_same),
    (
        "files_handed_on_with_one_that_ends_their_process_are_read",
        files_handed_on_with_one_that_ends_their_process_are_read,
    ),
    ("nobody_waits_for_who_waits_to_be_heard", nobody_waits_for_who_waits_to_be_heard),
    ("a_stopped_run_ends_its_workers_at_once", a_stopped_run_ends_its_workers_at_once),
    ("a_reader_can_open_nothing", a_reader_can_open_nothing),
    ("parts_of_a_long_file_come_as_they_are_asked_for", parts_of_a_long_file_come_as_they_are_asked_for),
    ("what_a_machine_cannot_start_is_tried_again", what_a_machine_cannot_start_is_tried_again),
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments == ["read-worker"] {
        std::panic::set_hook(Box::new(|_| {}));
        return worker::serve(|_| Some(&Hostile)).map_or(ExitCode::FAILURE, |()| ExitCode::SUCCESS);
    }
    if arguments.iter().any(|argument| argument == "--list") {
        TESTS.iter().for_each(|(name, _)| println!("{name}: test"));
        return ExitCode::SUCCESS;
    }
    let wanted = |name: &str| {
        let mut names = arguments.iter().filter(|argument| !argument.starts_with('-')).peekable();
        names.peek().is_none() || names.any(|argument| name.contains(argument.as_str()))
    };
    for (name, test) in TESTS.iter().filter(|(name, _)| wanted(name)) {
        test();
        println!("test {name} ... ok");
    }
    ExitCode::SUCCESS
}

/// A reader that does what its file says.
struct Hostile;

impl Format for Hostile {
    fn name(&self) -> &'static str {
        "hostile"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &[]
    }

    fn extent(&self) -> Extent {
        Extent::Whole
    }

    fn read(&self, input: Input<'_>, each: &mut Each<'_>) -> Result<Warnings, Cause> {
        let text = String::from_utf8_lossy(input.bytes).into_owned();
        for line in text.lines() {
            match line.split_once(' ').unwrap_or((line, "")) {
                ("say", words) => _ = each(article(words)),
                ("chant", words) => _ = each(article(&format!("{words} ").repeat(100_000))),
                ("loop", _) => loop {
                    std::hint::black_box(0);
                },
                ("sink", _) => _ = sink(1),
                ("eat", megabytes) => {
                    let megabytes = megabytes.parse().unwrap_or(usize::MAX >> 20);
                    // Written to, so that it is really there.
                    let eaten: Vec<Vec<u8>> = (0..megabytes).map(|_| vec![1; 1 << 20]).collect();
                    std::hint::black_box(&eaten);
                }
                ("panic", _) => panic!("as it was told"),
                ("abort", _) => std::process::abort(),
                ("leave", _) => return Err(Cause("left as it was told".into())),
                ("babble", _) => {
                    let mut out = std::io::stdout();
                    let _ = out.write_all(&[255; 100]).and_then(|()| out.flush());
                }
                ("open", _) => {
                    let file = fs::File::open("/dev/null").is_ok();
                    let made = fs::File::create(std::env::temp_dir().join("excerpt-isolation")).is_ok();
                    let called = std::process::Command::new("true").spawn().is_ok();
                    let reached = std::net::UdpSocket::bind("127.0.0.1:0").is_ok();
                    _ = each(article(&format!("opened {file} {made} {called} {reached}")));
                }
                ("end", _) => {
                    let mut source = input.rest;
                    if let excerpt::format::Rest::File(file) = &mut source {
                        let mut last = String::new();
                        file.seek(std::io::SeekFrom::End(-9)).map_err(|error| Cause(error.to_string()))?;
                        file.read_to_string(&mut last).map_err(|error| Cause(error.to_string()))?;
                        _ = each(article(&last));
                    }
                    return Ok(Warnings::new());
                }
                _ => {}
            }
        }
        Ok(Warnings::new())
    }
}

fn article(words: &str) -> Article {
    let mut section = Section::default();
    section.push(Kind::Prose, words, 1);
    Article { title: Some(words.into()), sections: vec![section], ..Article::default() }
}

#[expect(unconditional_recursion, reason = "it is what is tried")]
fn sink(depth: u64) -> u64 {
    let room = std::hint::black_box([depth; 64]);
    sink(depth + 1) + room[0]
}

/// A folder and its index.
struct Place {
    dir: tempfile::TempDir,
    index: Index,
}

impl Place {
    fn with(files: &[(&str, &str)]) -> Self {
        let dir = tempfile::tempdir().expect("a temporary folder");
        fs::create_dir(dir.path().join("articles")).expect("the folder can be made");
        let index = Index::create(&dir.path().join("index")).expect("the index can be made");
        let place = Self { dir, index };
        files.iter().for_each(|(name, text)| place.write(name, text.as_bytes()));
        place
    }

    fn write(&self, name: &str, bytes: &[u8]) {
        fs::write(self.dir.path().join("articles").join(name), bytes).expect("it can be written");
    }

    fn update(&mut self, update: Update, event: &mut dyn FnMut(Event), cancel: &AtomicBool) -> Report {
        let folders = vec![self.dir.path().join("articles")];
        self.index.update(&Update { folders, ..update }, event, cancel).expect("the index can be updated")
    }

    /// Brings the index up to date and returns what became of each file that was read.
    fn read(&mut self, jobs: usize) -> BTreeMap<String, Outcome> {
        let mut read = BTreeMap::new();
        let mut take = |event| {
            if let Event::File { path, outcome, .. } = event {
                read.insert(name(&path), outcome);
            }
        };
        let now = std::time::SystemTime::now() + Duration::from_secs(60);
        self.update(Update { jobs, now, ..means(1) }, &mut take, &AtomicBool::new(false));
        read
    }

    /// Returns what the ledger says of each file.
    fn ledger(&self) -> BTreeMap<String, String> {
        let mut said = BTreeMap::new();
        let mut take = |line: excerpt::index::FileLine| {
            let words = match line.verdict {
                Verdict::Failed(cause) => cause,
                other => format!("{other:?}"),
            };
            said.insert(name(&line.path), words);
        };
        self.index.each_file(&mut take).expect("the ledger can be read");
        said
    }

    fn finds(&self, words: &str) -> u64 {
        let query = Query { text: format!("\"{words}\""), ..Query::default() };
        self.index.search(&query).expect("it can be asked").total
    }
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn means(seconds: u64) -> Update {
    let program = std::env::current_exe().expect("this program has a path");
    let worker =
        Worker { program, arguments: vec!["read-worker".into()], time: Duration::from_secs(seconds) };
    Update { worker: Some(worker), ..Update::default() }
}

/// Files that do harm, each with what the ledger is to say of it.
const HARM: &[(&str, &str, &str)] = &[
    (
        "abort.txt",
        "say a heron\nabort",
        "the text reader failed on it: its process ended (signal: 6 (SIGABRT) (core dumped))",
    ),
    (
        "babble.txt",
        "babble",
        "the text reader failed on it: its process spoke as it should not: a frame is too long",
    ),
    ("eat.txt", "say a heron\neat", "needs more than 160 MB of memory to be read"),
    ("leave.txt", "say a heron\nleave", "left as it was told"),
    ("loop.txt", "say a heron\nloop", "took longer than 1 s to be read"),
    ("panic.txt", "say a heron\npanic", "the hostile reader failed on it"),
    ("sink.txt", "say a heron\nsink", "is nested too deeply for the text reader"),
];

fn harmful() -> Place {
    let mut files: Vec<(&str, &str)> = HARM.iter().map(|(name, text, _)| (*name, *text)).collect();
    files.extend([("a.txt", "say the first tide"), ("z.txt", "say the last tide")]);
    // What needs more than others at first is read, once.
    files.push(("hungry.txt", "say a hungry tide\neat 100\nsay a fed tide"));
    Place::with(&files)
}

fn each_ends_its_own_file_and_the_ledger_says_how() {
    let mut place = harmful();
    place.read(2);
    let ledger = place.ledger();
    for (name, _, said) in HARM {
        let cut = |words: &str| words.replace(" (core dumped)", "");
        assert_eq!(cut(&ledger[*name]), cut(said), "{name}");
    }
    for words in ["first tide", "last tide", "hungry tide", "fed tide"] {
        assert_eq!(place.finds(words), 1, "{words}");
    }
    assert_eq!(place.finds("a heron"), 0, "of a file that failed nothing is kept");
    no_process_is_left();
}

fn only_what_took_too_long_is_tried_again() {
    let mut place = harmful();
    place.read(2);
    let again = place.read(2);
    assert_eq!(again.keys().collect::<Vec<_>>(), ["loop.txt"]);
    place.write("loop.txt", b"say a mended tide");
    assert_eq!(place.read(2)["loop.txt"], Outcome::Added);
    assert_eq!(place.finds("mended tide"), 1);
}

fn what_took_too_much_memory_is_tried_again_with_more() {
    let mut place = Place::with(&[("hungry.txt", "eat 200\nsay a fed tide")]);
    let mut read = |megabytes: u64| {
        let mut outcomes = Vec::new();
        let mut take = |event| {
            if let Event::File { outcome, .. } = event {
                outcomes.push(outcome);
            }
        };
        let now = std::time::SystemTime::now() + Duration::from_secs(60);
        let update = Update { now, memory: megabytes << 20, ..means(60) };
        place.update(update, &mut take, &AtomicBool::new(false));
        outcomes
    };
    let failed =
        |megabytes| vec![Outcome::Failed(format!("needs more than {megabytes} MB of memory to be read"))];
    assert_eq!(read(256), failed(160));
    assert_eq!(read(256), []);
    assert_eq!(read(128), []);
    assert_eq!(read(300), failed(182));
    assert_eq!(read(600), [Outcome::Added]);
    assert_eq!(place.finds("fed tide"), 1);
}

fn any_number_of_jobs_comes_to_the_same() {
    let ledgers = [1, 2, 5].map(|jobs| {
        let mut place = harmful();
        place.read(jobs);
        (place.ledger(), place.index.articles(), place.index.passages())
    });
    assert_eq!(ledgers[0], ledgers[1]);
    assert_eq!(ledgers[0], ledgers[2]);
}

fn files_handed_on_with_one_that_ends_their_process_are_read() {
    let harm = ["abort", "sink", "panic", "babble", "leave", "eat 100\nsay a fed tide", "eat"];
    let mut place = Place::with(&[]);
    let tides = |number: usize| match number % 6 {
        3 => format!("say tide {number}\n{}", harm[number / 6 % harm.len()]),
        _ => format!("say tide {number}"),
    };
    // One is longer than what is handed on together.
    (0..40).for_each(|number| place.write(&format!("{number:02}.txt"), tides(number).as_bytes()));
    place.write("17.txt", format!("say tide 17\n{}", "\n".repeat(100_000)).as_bytes());
    place.read(1);
    let read = place.ledger().into_values().filter(|said| said.contains("Indexed")).count() as u64;
    let failing = (0..40).filter(|number| number % 6 == 3 && number / 6 % harm.len() != 5).count() as u64;
    // That which is fed says a tide more.
    assert_eq!((read, place.index.articles()), (40 - failing, 41 - failing), "{:?}", place.ledger());
    assert_eq!(place.finds("a fed tide"), 1);
    no_process_is_left();
}

fn nobody_waits_for_who_waits_to_be_heard() {
    let mut place = Place::with(&[]);
    // A process that was handed more than its pipe holds would not listen before it is heard, nor be heard before it
    // listens: what it says is more than the other pipe holds.
    let chant = format!("chant ~~~\nsay the tide\n{}", "\n".repeat(50_000));
    (0..30).for_each(|number| place.write(&format!("{number:02}.txt"), chant.as_bytes()));
    let began = Instant::now();
    let report = place.update(Update { jobs: 1, ..means(6) }, &mut |_| {}, &AtomicBool::new(false));
    // A process is ended that takes ten times as long by the clock.
    assert!(report.added == 30 && began.elapsed() < Duration::from_secs(60), "{report:?}");
    assert_eq!(place.finds("the tide"), 30);
}

fn a_stopped_run_ends_its_workers_at_once() {
    let mut place = Place::with(&[("a.txt", "say the first tide"), ("loop.txt", "loop")]);
    let cancel = AtomicBool::new(false);
    let began = Instant::now();
    let mut stop = |event| {
        if let Event::File { .. } = event {
            cancel.store(true, Ordering::Relaxed);
        }
    };
    let report = place.update(Update { jobs: 2, ..means(600) }, &mut stop, &cancel);
    assert!(report.interrupted && report.added == 1 && report.failed == 0, "{report:?}");
    assert!(began.elapsed() < Duration::from_secs(60));
    assert_eq!(place.finds("first tide"), 1);
    no_process_is_left();
}

fn a_reader_can_open_nothing() {
    let mut place = Place::with(&[("open.txt", "open")]);
    place.read(1);
    assert_eq!(place.finds("opened false false false false"), 1, "{:?}", place.ledger());
}

fn parts_of_a_long_file_come_as_they_are_asked_for() {
    let mut place = Place::with(&[]);
    let mut mail = b"%PDF-1.4\nend\n".to_vec();
    mail.resize(9 << 20, b' ');
    mail.extend(b"last tide");
    place.write("long.pdf", &mail);
    place.read(1);
    assert_eq!(place.finds("last tide"), 1, "{:?}", place.ledger());
}

fn what_a_machine_cannot_start_is_tried_again() {
    let mut place = Place::with(&[("a.txt", "say the first tide")]);
    let worker = Worker { program: "/nowhere".into(), arguments: Vec::new(), time: Duration::from_secs(1) };
    let report = place.update(
        Update { worker: Some(worker), ..Update::default() },
        &mut |_| {},
        &AtomicBool::new(false),
    );
    assert_eq!(report.failed, 1);
    assert_eq!(place.read(1)["a.txt"], Outcome::Added);
}

/// Checks that this process has no children, where the system tells.
fn no_process_is_left() {
    for task in fs::read_dir("/proc/self/task").into_iter().flatten().flatten() {
        let children = fs::read_to_string(task.path().join("children")).unwrap_or_default();
        assert_eq!(children, "");
    }
}
