//! One worker process, as who started it sees it.

use std::{
    borrow::Cow,
    collections::VecDeque,
    fs,
    io::{self, BufReader, BufWriter, Read, SeekFrom, Write},
    process::{Child, ChildStderr, ChildStdin, ChildStdout, Command, ExitStatus, Stdio},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use super::{
    Worker,
    message::{self, Ask, Part, Tell},
};
use crate::format::{Each, FieldNames, Format, ReadSeek, Warnings, by_name};

/// Bytes of what a dying worker says that are looked at.
const LAST_WORDS: u64 = 4_096;

/// A process that waits for a file, or reads one.
pub(super) struct Process {
    pub(super) life: Arc<Life>,
    /// Bytes that the pipe to it holds for sure.
    pipe: usize,
    /// The files that it was handed and has not told all of, by their bytes.
    pub(super) due: VecDeque<usize>,
    to: BufWriter<ChildStdin>,
    from: BufReader<ChildStdout>,
    last_words: ChildStderr,
    buffer: Vec<u8>,
}

/// What others may do to a process: look how long it has been at a file, and end it.
pub(super) struct Life {
    child: Mutex<Child>,
    /// When it took the file that it reads, and how long it may take for it by the clock.
    until: Mutex<Option<Instant>>,
    /// Whether it was ended because that was over.
    late: AtomicBool,
}

/// A file that is handed to a worker.
#[derive(Clone, Copy)]
pub(crate) struct Handed<'a> {
    pub(crate) format: &'a dyn Format,
    /// Its name without its folder.
    pub(crate) name: &'a str,
    /// Its first part.
    pub(crate) bytes: &'a [u8],
    /// Its size in bytes.
    pub(crate) size: u64,
    /// The names that fields of its records go by.
    pub(crate) fields: &'a FieldNames,
}

impl Handed<'_> {
    /// Returns about how many bytes it is handed with, rather more than fewer.
    pub(super) fn weight(&self) -> usize {
        let fields: usize = self.fields.iter().map(|(field, name)| field.len() + name.len() + 20).sum();
        self.bytes.len() + self.name.len() + fields + 100
    }
}

/// What the reading of a file may take.
#[derive(Clone, Copy)]
pub(super) struct Limits {
    /// Of the processor.
    pub(super) time: Duration,
    /// Bytes.
    pub(super) memory: u64,
}

/// How the reading of a file ended.
pub(super) enum End {
    Read(Warnings),
    /// The reader says that it cannot be read.
    Failed(String),
    /// Nobody wants more of it.
    Left,
    /// The process ended.
    Died(Death),
}

/// What a process died of.
pub(super) enum Death {
    /// Nothing of its own: it was ended from outside.
    Killed,
    Time,
    Memory,
    Depth,
    /// Something else, in words.
    Other(String),
}

/// Bytes of a buffer at either end of a pipe.
const BUFFER: usize = 64 << 10;

/// Bytes that a pipe holds, where the system can be told: as many as the files that are handed together and what
/// is said of them, so that neither side waits for the other to listen.
#[cfg(target_os = "linux")]
const PIPE: usize = 256 << 10;

/// Bytes that are given at once.
const MOST_AT_ONCE: u32 = 1 << 20;

/// How much longer by the clock than by the processor: a busy machine is no fault of the file.
const BY_THE_CLOCK: u32 = 10;

impl Process {
    /// Starts a worker.
    ///
    /// # Errors
    /// Where that cannot be.
    pub(super) fn start(worker: &Worker) -> io::Result<Self> {
        let mut command = Command::new(&worker.program);
        command.args(&worker.arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        // A key pressed at the terminal stops who asked, who then ends the worker.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let mut child = command.spawn()?;
        let (to, from, last_words) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let pipe = 0;
        #[cfg(target_os = "linux")]
        let pipe = {
            // A user who has very many keeps those of the usual length.
            let _ = from.as_ref().map(|from| rustix::pipe::fcntl_setpipe_size(from, PIPE));
            let set = to.as_ref().map(|to| rustix::pipe::fcntl_setpipe_size(to, PIPE));
            // Pages of it may be half full.
            set.and_then(Result::ok).map_or(pipe, |bytes| bytes / 4 * 3)
        };
        let life = Life { child: Mutex::new(child), until: Mutex::default(), late: AtomicBool::new(false) };
        Ok(Self {
            life: Arc::new(life),
            pipe,
            due: VecDeque::new(),
            to: BufWriter::with_capacity(BUFFER, to.expect("a pipe was asked for")),
            from: BufReader::with_capacity(BUFFER, from.expect("a pipe was asked for")),
            last_words: last_words.expect("a pipe was asked for"),
            buffer: Vec::new(),
        })
    }

    /// Hands it files to be read, one after the other; each is then to be heard of. It takes all of them before it
    /// says anything of the first. One that reads others does not listen: see [`Self::takes`].
    ///
    /// # Errors
    /// Where it does not listen.
    pub(super) fn hand<'a>(
        &mut self,
        files: impl Iterator<Item = (Handed<'a>, Limits)> + Clone,
    ) -> io::Result<()> {
        let ask = |(handed, limits): (Handed<'a>, Limits)| Ask {
            format: handed.format.name().into(),
            name: Cow::Borrowed(handed.name),
            first: handed.bytes.len() as u64,
            size: handed.size,
            fields: handed.fields.clone(),
            seconds: limits.time.as_secs(),
            memory: limits.memory,
        };
        self.due.extend(files.clone().map(|(handed, _)| handed.weight()));
        let time = files.clone().map(|(_, limits)| limits.time).max().unwrap_or_default();
        *lock(&self.life.until) = Some(Instant::now() + time * BY_THE_CLOCK);
        message::say(&mut self.to, &files.clone().map(ask).collect::<Vec<_>>())?;
        for (handed, _) in files {
            self.to.write_all(handed.bytes)?;
        }
        self.to.flush()
    }

    /// Says whether the pipe to it holds so many bytes more than what it may not have taken yet: who hands it those
    /// need not wait until it listens, which it does not while it waits to be heard.
    pub(super) fn takes(&self, bytes: usize) -> bool {
        self.due.iter().sum::<usize>() + bytes <= self.pipe
    }

    /// Hears of the next of the files that it was handed, and gives it more of this one where it asks for that.
    pub(super) fn hear(
        &mut self,
        format: &dyn Format,
        file: &mut dyn ReadSeek,
        limits: Limits,
        each: &mut Each<'_>,
    ) -> End {
        *lock(&self.life.until) = Some(Instant::now() + limits.time * BY_THE_CLOCK);
        let end = self.talk(format, file, each);
        self.due.pop_front();
        *lock(&self.life.until) = None;
        end.unwrap_or_else(|error| End::Died(self.death(&error)))
    }

    fn talk(&mut self, format: &dyn Format, file: &mut dyn ReadSeek, each: &mut Each<'_>) -> io::Result<End> {
        loop {
            match message::hear::<Tell<'_>>(&mut self.from, &mut self.buffer)? {
                Tell::Article(read_as, mut article) => {
                    article.format = by_name(&read_as).unwrap_or(format).name();
                    if each(*article).is_break() {
                        return Ok(End::Left);
                    }
                }
                Tell::Want { at, most } => self.give(file, at, most)?,
                Tell::Read(warnings) => return Ok(End::Read(warnings)),
                Tell::Failed(cause) => return Ok(End::Failed(cause)),
            }
        }
    }

    /// Gives a part of the file that is read.
    fn give(&mut self, file: &mut dyn ReadSeek, at: u64, most: u32) -> io::Result<()> {
        let mut bytes = Vec::new();
        let read = file
            .seek(SeekFrom::Start(at))
            .and_then(|_| file.take(most.min(MOST_AT_ONCE).into()).read_to_end(&mut bytes));
        let part: Part = read.map(|read| read as u32).map_err(|error| error.to_string());
        message::say(&mut self.to, &part)?;
        if part.is_ok() {
            self.to.write_all(&bytes)?;
        }
        self.to.flush()
    }

    /// Says what the process died of; one that lives, but speaks as none should, is ended.
    fn death(&mut self, error: &io::Error) -> Death {
        let status = self.life.end();
        let mut said = Vec::new();
        let _ = self.last_words.by_ref().take(LAST_WORDS).read_to_end(&mut said);
        let said = String::from_utf8_lossy(&said);
        if error.kind() == io::ErrorKind::InvalidData {
            Death::Other(format!("spoke as it should not: {error}"))
        } else if self.life.late.load(Ordering::Relaxed) || signal(status) == Some(OVER_TIME) {
            Death::Time
        } else if signal(status) == Some(KILLED) {
            Death::Killed
        } else if said.contains("memory allocation of ") {
            Death::Memory
        } else if said.contains("overflowed its stack") {
            Death::Depth
        } else {
            let status = status.map(|status| format!(" ({status})")).unwrap_or_default();
            Death::Other(format!("ended{status}"))
        }
    }

    /// Returns the most memory that it held at once, in bytes, where the system tells.
    pub(super) fn peak(&self) -> Option<u64> {
        let id = lock(&self.life.child).id();
        let status = fs::read_to_string(format!("/proc/{id}/status")).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
        line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok().map(|kilobytes| kilobytes << 10)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.life.end();
    }
}

impl Life {
    /// Ends the process, where it has not, and returns how it did.
    pub(super) fn end(&self) -> Option<ExitStatus> {
        let mut child = lock(&self.child);
        let _ = child.kill();
        child.wait().ok()
    }

    /// Ends it if it has been at a file for too long by the clock.
    pub(super) fn look(&self, now: Instant) {
        if lock(&self.until).is_some_and(|until| until < now) {
            self.late.store(true, Ordering::Relaxed);
            self.end();
        }
    }
}

/// The signals by which a Unix ends what has used up its time, SIGXCPU, and by which others end it,
/// SIGKILL: alike on all that are in use.
const OVER_TIME: i32 = 24;
const KILLED: i32 = 9;

#[cfg(unix)]
fn signal(status: Option<ExitStatus>) -> Option<i32> {
    use std::os::unix::process::ExitStatusExt;
    status.and_then(|status| status.signal())
}

#[cfg(not(unix))]
fn signal(_status: Option<ExitStatus>) -> Option<i32> {
    None
}

fn lock<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}
