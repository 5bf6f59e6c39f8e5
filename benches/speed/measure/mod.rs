//! What is measured, and the table it is printed as.

#[path = "../../floor/record.rs"]
mod record;
mod process;
mod parts;
mod queries;
mod indexing;
mod searching;

use std::{
    collections::BTreeSet,
    ffi::OsString,
    fs, io,
    path::{Path, PathBuf},
    thread,
};

use self::{indexing::Round, process::Samples, queries::Queries};
use crate::corpus;

/// What makes the rows of a name.
type Measure = fn(&Bench) -> Vec<Row>;

/// The rows, in the order in which they are measured: those that change files last.
const ROWS: [(&str, Measure); 14] = [
    ("index", indexing::index),
    ("analysis", indexing::analysis),
    ("memory", indexing::memory),
    ("size", indexing::size),
    ("jobs", searching::jobs),
    ("start", searching::start),
    ("search", searching::search),
    ("refresh", searching::refresh),
    ("question", searching::question),
    ("cold", searching::cold),
    ("hard", searching::hard),
    ("again", indexing::unchanged),
    ("changed", indexing::changed),
    ("history", indexing::history),
];

/// The rows that are made of first indexes, which are then made several times.
const OF_FIRST: [&str; 2] = ["index", "memory"];

/// What is measured, and on what.
pub(crate) struct Bench {
    /// Where all of it lies.
    work: PathBuf,
    articles: PathBuf,
    files: Vec<(PathBuf, u64)>,
    bytes: u64,
    /// The passages of the articles, in one file.
    passages: PathBuf,
    queries: Queries,
    /// How often what takes long is done.
    rounds: usize,
    jobs: usize,
    first: Vec<Round>,
}

/// A line of the table.
#[derive(Clone, Debug, Default)]
pub(crate) struct Row {
    what: String,
    ours: String,
    floor: String,
    /// What must not be more than the bounds, as it is printed.
    figure: String,
    value: f64,
    must: Option<f64>,
    aim: Option<f64>,
}

/// Is one of the processes that the bench is made of, or the bench.
pub(crate) fn run(mut arguments: Vec<OsString>) {
    let role = arguments.first().map(|argument| argument.to_string_lossy().into_owned()).unwrap_or_default();
    if role == process::MEASURE {
        return process::measure(&arguments[1..]);
    }
    if parts::ROLES.contains(&role.as_str()) {
        return parts::play(&role, &arguments[1..]);
    }
    let named = |argument: &OsString| ROWS.iter().any(|(name, _)| argument == name);
    let corpus = if arguments.first().is_none_or(named) { "S".into() } else { arguments.remove(0) };
    let wrong = arguments.iter().find(|argument| !named(argument));
    assert!(wrong.is_none(), "rows are {}", ROWS.map(|(name, _)| name).join(", "));
    measure(&corpus, &|name| arguments.is_empty() || arguments.iter().any(|argument| argument == name));
}

fn measure(corpus: &OsString, wanted: &dyn Fn(&str) -> bool) {
    // Beside what is built, on a disk: a folder for temporary files may be memory.
    let work = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a temporary folder");
    // The files of rules of the repository around it are not its own: the floor asks none.
    fs::create_dir(work.path().join(".git")).expect("it can be made");
    process::install(work.path());
    let mut bench = Bench::prepare(corpus, work.path());
    println!(
        "{}: {} files, {:.1} MB, {} jobs\n",
        corpus.display(),
        bench.files.len(),
        bench.bytes as f64 / 1e6,
        bench.jobs
    );
    let rounds = if OF_FIRST.iter().any(|name| wanted(name)) { bench.rounds } else { 1 };
    bench.first = (0..rounds).map(|_| indexing::round(&bench)).collect();
    println!("| | excerpt | floor | figure | must | aim | |\n|---|---|---|---|---|---|---|");
    for (_, measure) in ROWS.iter().filter(|(name, _)| wanted(name)) {
        measure(&bench).iter().for_each(Row::print);
    }
}

impl Bench {
    fn prepare(corpus: &OsString, work: &Path) -> Self {
        let articles = work.join("articles");
        match corpus::files(&corpus.to_string_lossy()) {
            Some(files) => corpus::make(&articles, files),
            None => copy(Path::new(corpus), &articles),
        }
        .expect("the articles can be written");
        let files = list(&articles).expect("the articles can be read");
        let passages = work.join("passages");
        let count = parts::cut(&articles, &passages).expect("the articles can be read");
        let bytes = files.iter().map(|(_, bytes)| bytes).sum();
        Self {
            work: work.into(),
            queries: Queries::of(&passages, count),
            articles,
            files,
            bytes,
            passages,
            rounds: match bytes {
                ..=500_000_000 => 5,
                _ => 1,
            },
            jobs: thread::available_parallelism().map_or(2, usize::from).max(2),
            first: Vec::new(),
        }
    }

    /// Returns a place of the work: `single` and `several` are indexes of excerpt's by one job and by
    /// several, `one` and `same` are tantivy's of one field and of the same fields.
    fn dir(&self, name: &str) -> PathBuf {
        self.work.join(name)
    }

    fn folders(&self) -> BTreeSet<&Path> {
        self.files.iter().filter_map(|(path, _)| path.parent()).collect()
    }

    fn index_bytes(&self, name: &str) -> u64 {
        let files = list(&self.dir(name)).expect("the index can be read");
        files.iter().map(|(_, bytes)| bytes).sum()
    }

    fn segments(&self, name: &str) -> u64 {
        let status = process::printed(&["status", "--json", "--index", &self.dir(name).to_string_lossy()]);
        let status: serde_json::Value = serde_json::from_str(&status).expect("it prints JSON");
        status["segments"].as_u64().expect("it says how many")
    }
}

impl Row {
    fn ratio(what: &str, ratio: &Samples) -> Self {
        Self { what: what.into(), figure: ratio.show(1.0, 2), value: ratio.median(), ..Self::default() }
    }

    fn print(&self) {
        let Self { what, ours, floor, figure, value, must, aim } = self;
        let met = |bound: &Option<f64>| bound.is_some_and(|bound| *value <= bound);
        let verdict = match must {
            None => "",
            Some(_) if met(aim) => "aim met",
            Some(_) if met(must) => "met",
            Some(_) => "**missed**",
        };
        let [must, aim] = [must, aim].map(|bound| bound.map_or_else(String::new, |bound| format!("{bound}")));
        println!("| {what} | {ours} | {floor} | {figure} | {must} | {aim} | {verdict} |");
    }
}

/// Copies a folder with all that is in it.
pub(crate) fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (kind, target) = (entry.file_type()?, to.join(entry.file_name()));
        if kind.is_dir() {
            copy(&entry.path(), &target)?;
        } else if kind.is_file() {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

/// Returns all files below a folder with their lengths, in order.
pub(crate) fn list(folder: &Path) -> io::Result<Vec<(PathBuf, u64)>> {
    let mut files = Vec::new();
    for entry in walkdir::WalkDir::new(folder).sort_by_file_name() {
        let entry = entry?;
        if entry.file_type().is_file() {
            files.push((entry.path().to_path_buf(), entry.metadata()?.len()));
        }
    }
    Ok(files)
}
