//! What whole processes cost.
//!
//! A process is run by a small one of this bench's own, so that what the system counts for the children
//! of that one is the cost of the process, and of whatever it starts, alone.

use std::{
    env,
    ffi::{OsStr, OsString},
    fs::{self, File},
    os::fd::AsFd,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::OnceLock,
    time::{Duration, Instant},
};

use nix::{
    fcntl::{PosixFadviseAdvice, posix_fadvise},
    sys::{
        resource::{UsageWho, getrusage},
        time::TimeValLike,
    },
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The argument that makes the bench the small process.
pub(crate) const MEASURE: &str = ":measure";

/// What a process and those that it started cost.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Cost {
    /// Time of the processor, for the process and for the system on its behalf, in seconds.
    pub(crate) cpu: f64,
    /// Time that passed, in seconds.
    pub(crate) wall: f64,
    /// The most memory that the process had in use at once, in bytes; of several the largest one's.
    pub(crate) peak: f64,
}

/// The programs as they are run.
struct Installed {
    excerpt: PathBuf,
    floor: PathBuf,
    bench: PathBuf,
}

static INSTALLED: OnceLock<Installed> = OnceLock::new();

/// Copies all programs to a folder, as an installation does. What a linker has written lies in the system's cache
/// in single pages, and takes a start a third longer than what was copied, or read again.
pub(crate) fn install(folder: &Path) {
    let copied = |program: &Path, name: &str| {
        let copied = folder.join(name);
        fs::copy(program, &copied).expect("it can be copied");
        copied
    };
    let installed = Installed {
        excerpt: copied(Path::new(env!("CARGO_BIN_EXE_excerpt")), "excerpt"),
        floor: copied(&built_floor(), "floor"),
        bench: copied(&env::current_exe().expect("it has a path"), "speed"),
    };
    assert!(INSTALLED.set(installed).is_ok(), "they are installed once");
}

/// Has cargo build the floors. Returns where they lie.
fn built_floor() -> PathBuf {
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["bench", "--bench", "floor", "--no-run", "--message-format", "json"]);
    cargo.args(["--manifest-path", manifest]).stderr(Stdio::inherit());
    // What cargo tells this bench of its package would have it build others anew.
    let told = |name: &OsString| {
        let name = name.to_string_lossy();
        name == "OUT_DIR" || name.starts_with("CARGO_MANIFEST") || name.starts_with("CARGO_PKG")
    };
    env::vars_os().map(|(name, _)| name).filter(told).for_each(|name| _ = cargo.env_remove(name));
    let built = cargo.output().expect("cargo can be run").stdout;
    let messages = String::from_utf8(built).expect("cargo prints text");
    let mut messages = messages.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let program = |message: Value| {
        message["executable"].as_str().filter(|_| message["target"]["name"] == "floor").map(PathBuf::from)
    };
    messages.find_map(program).expect("cargo builds it")
}

fn installed() -> &'static Installed {
    INSTALLED.get().expect("they are installed first")
}

/// Runs the program of excerpt.
pub(crate) fn excerpt<A: AsRef<OsStr>>(arguments: &[A]) -> Cost {
    run(installed().excerpt.as_os_str(), arguments, None)
}

/// Runs the program of excerpt, and returns what it prints.
pub(crate) fn printed<A: AsRef<OsStr>>(arguments: &[A]) -> String {
    let output = Command::new(&installed().excerpt).args(arguments).output();
    String::from_utf8(output.expect("it can be run").stdout).expect("it prints text")
}

/// Runs a floor.
pub(crate) fn floor<A: AsRef<OsStr>>(arguments: &[A]) -> Cost {
    run(installed().floor.as_os_str(), arguments, None)
}

/// Runs this bench again, as one of the processes of [`super::parts`].
pub(crate) fn again<A: AsRef<OsStr>>(arguments: &[A]) -> Cost {
    run(installed().bench.as_os_str(), arguments, None)
}

/// Runs a program whose output goes to a file, or nowhere.
pub(crate) fn run<A: AsRef<OsStr>>(program: &OsStr, arguments: &[A], output: Option<&Path>) -> Cost {
    let mut measure = Command::new(env::current_exe().expect("it has a path"));
    measure.arg(MEASURE).arg(output.unwrap_or(Path::new("/dev/null"))).arg(program).args(arguments);
    let result = measure.stderr(Stdio::inherit()).output().expect("it can be run");
    let arguments: Vec<&OsStr> = arguments.iter().map(AsRef::as_ref).collect();
    assert!(result.status.success(), "{} {arguments:?} failed", program.display());
    serde_json::from_slice(&result.stdout).expect("it prints the cost")
}

/// The small process: runs a program and prints what it cost.
pub(crate) fn measure(arguments: &[OsString]) {
    let [output, program, arguments @ ..] = arguments else { panic!("an output and a program are needed") };
    let output = File::create(output).expect("it can be written");
    let began = Instant::now();
    // Without a terminal for its progress, which would cost time.
    let mut process = Command::new(program);
    process.args(arguments).stdout(output).stderr(Stdio::null());
    let status = process.status().expect("it can be run");
    let wall = began.elapsed();
    // A search that finds nothing says so by 1.
    assert!(matches!(status.code(), Some(0 | 1)), "it ended with {status}");
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).expect("the system tells");
    let cpu = usage.user_time().num_microseconds() + usage.system_time().num_microseconds();
    let cost = Cost {
        cpu: cpu as f64 / 1e6,
        wall: wall.as_secs_f64(),
        // Linux tells it in KiB.
        peak: usage.max_rss() as f64 * 1024.0,
    };
    println!("{}", serde_json::to_string(&cost).expect("it is plain data"));
}

/// Has the system forget what it holds of the files in a folder, so that they are read from disk.
pub(crate) fn cool(folder: &Path) {
    for entry in walkdir::WalkDir::new(folder).into_iter().flatten() {
        if entry.file_type().is_file() {
            let file = File::open(entry.path()).expect("it can be read");
            // What is not written yet cannot be forgotten.
            let _ = file.sync_all();
            posix_fadvise(file.as_fd(), 0, 0, PosixFadviseAdvice::POSIX_FADV_DONTNEED)
                .expect("the system takes it");
        }
    }
}

/// Several figures for one thing.
#[derive(Clone, Debug, Default)]
pub(crate) struct Samples(pub Vec<f64>);

impl Samples {
    pub(crate) fn of(figures: impl IntoIterator<Item = f64>) -> Self {
        let mut figures = Vec::from_iter(figures);
        figures.sort_by(f64::total_cmp);
        Self(figures)
    }

    pub(crate) fn median(&self) -> f64 {
        let middle = self.0.len() / 2;
        match self.0.len() {
            0 => f64::NAN,
            odd if odd % 2 == 1 => self.0[middle],
            _ => (self.0[middle - 1] + self.0[middle]) / 2.0,
        }
    }

    /// Returns the median with the least and the most, each multiplied and with so many decimals.
    pub(crate) fn show(&self, times: f64, decimals: usize) -> String {
        let median = self.median() * times;
        match self.0.as_slice() {
            [least, .., most] => {
                format!("{median:.decimals$} [{:.decimals$}–{:.decimals$}]", least * times, most * times)
            }
            _ => format!("{median:.decimals$}"),
        }
    }
}

/// Waits until a change of a file written before shows in its times.
pub(crate) fn settle() {
    std::thread::sleep(Duration::from_millis(100));
}
