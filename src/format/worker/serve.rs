//! The process apart: reads the files that it is handed.

use std::{
    cell::RefCell,
    io::{self, BufWriter, Read, Seek, SeekFrom, Write},
    thread,
};

use super::{
    STACK, limits,
    message::{self, Ask, Part, Tell},
};
use crate::format::{self, Cause, Flow, Format, Input, Nest, Rest, Warnings};

/// Bytes that are asked for at once.
const AT_ONCE: u32 = 64 << 10;

/// Finds the format of a name.
type Find = fn(&str) -> Option<&'static dyn Format>;

/// Reads the files that come by standard input and hands on their articles by standard output, until the
/// input ends. Takes over the whole process: from now on it can open no file.
///
/// # Errors
/// Where no reader can be started, or nobody listens to it.
pub fn serve(find: Find) -> io::Result<()> {
    limits::give_up();
    let reader = thread::Builder::new().name("reader".into()).stack_size(STACK).spawn(move || {
        let mut talk = Talk { from: io::stdin(), to: BufWriter::with_capacity(64 << 10, io::stdout()) };
        let mut buffer = Vec::new();
        while let Ok(asks) = message::hear::<Vec<Ask<'_>>>(&mut talk.from, &mut buffer) {
            asks.first().into_iter().for_each(|ask| limits::begin(ask.seconds, ask.memory));
            let parts = asks.iter().map(|ask| talk.part(ask.first)).collect::<io::Result<Vec<_>>>()?;
            // Each is told of before the next is begun: what ends the process is the file that was not.
            asks.iter().zip(parts).try_for_each(|(ask, part)| take(ask, &part, find, &mut talk))?;
        }
        io::Result::Ok(())
    })?;
    // A reader that does not come to its end must not outlive who asked for it.
    #[cfg(unix)]
    {
        limits::wait_for_the_end(|| reader.is_finished());
        Ok(())
    }
    #[cfg(not(unix))]
    reader.join().unwrap_or(Ok(()))
}

/// Both ends of the talk.
struct Talk {
    from: io::Stdin,
    to: BufWriter<io::Stdout>,
}

impl Talk {
    /// Returns the first part of a file.
    fn part(&mut self, bytes: u64) -> io::Result<Vec<u8>> {
        let mut part = Vec::new();
        if self.from.by_ref().take(bytes).read_to_end(&mut part)? as u64 != bytes {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(part)
    }
}

fn take(ask: &Ask<'_>, bytes: &[u8], find: Find, talk: &mut Talk) -> io::Result<()> {
    limits::begin(ask.seconds, ask.memory);
    let talk = RefCell::new(talk);
    let mut broken = Ok(());
    let outcome = match find(&ask.format) {
        Some(format) => {
            let allowance = Nest::allowance(ask.size);
            let mut distant =
                Distant { talk: &talk, size: ask.size, at: ask.first, held: Vec::new(), start: 0 };
            let rest = Rest::of(format.extent(), ask.size, &mut distant);
            let nest = Nest::of(&allowance, &ask.fields);
            let input = Input { name: &ask.name, bytes, rest, nest };
            format::read(format, input, &mut |article| {
                let tell = Tell::Article(article.format.into(), Box::new(article));
                broken = message::say(&mut talk.borrow_mut().to, &tell);
                if broken.is_ok() { Flow::Continue(()) } else { Flow::Break(()) }
            })
        }
        None => Err(Cause(format!("there is no {} reader", ask.format))),
    };
    let outcome = match broken {
        Err(error) if error.kind() == io::ErrorKind::InvalidInput => {
            Err(Cause("holds too long an article".into()))
        }
        broken => broken.and(Ok(outcome))?,
    };
    let talk = talk.into_inner();
    message::say(&mut talk.to, &outcome.map_or_else(|Cause(cause)| Tell::Failed(cause), told))?;
    talk.to.flush()
}

fn told(warnings: Warnings) -> Tell<'static> {
    Tell::Read(warnings)
}

/// A file that is read by asking for parts of it.
struct Distant<'a, 'b> {
    talk: &'a RefCell<&'b mut Talk>,
    size: u64,
    /// Where the next byte is read.
    at: u64,
    /// The part that was read last, and where it begins.
    held: Vec<u8>,
    start: u64,
}

impl Read for Distant<'_, '_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let within = |this: &Self| this.at.checked_sub(this.start).filter(|&at| at < this.held.len() as u64);
        if within(self).is_none() {
            self.fetch()?;
        }
        let held = within(self).map_or(&[][..], |at| &self.held[at as usize..]);
        let read = held.len().min(buffer.len());
        buffer[..read].copy_from_slice(&held[..read]);
        self.at += read as u64;
        Ok(read)
    }
}

impl Distant<'_, '_> {
    fn fetch(&mut self) -> io::Result<()> {
        let talk = &mut **self.talk.borrow_mut();
        message::say(&mut talk.to, &Tell::Want { at: self.at, most: AT_ONCE })?;
        talk.to.flush()?;
        let part: Part = message::hear(&mut talk.from, &mut Vec::new())?;
        let length = part.map_err(io::Error::other)?;
        self.held.clear();
        talk.from.by_ref().take(length.into()).read_to_end(&mut self.held)?;
        self.start = self.at;
        Ok(())
    }
}

impl Seek for Distant<'_, '_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let to = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.size.checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at = to.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "is before the file"))?;
        Ok(self.at)
    }
}
