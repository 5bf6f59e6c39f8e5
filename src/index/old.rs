//! The ledger as it was, beside which an update lays what it finds.

use std::{io, ops::Range};

use super::ledger::{Head, Loaded, Lot};
use crate::{format::FieldNames, walk};

/// What a ledger says of a file.
#[derive(Clone)]
pub(super) enum Record {
    /// What the one before says at this place.
    Old(u64),
    New(Box<[u8]>),
}

/// The ledger as it was.
#[derive(Default)]
pub(super) struct Old(pub(super) Option<Loaded>);

impl Old {
    pub(super) fn record(&self, at: u64) -> io::Result<&[u8]> {
        self.0.as_ref().map_or(Ok(&[]), |ledger| ledger.record(at))
    }

    /// Returns what is written down.
    pub(super) fn bytes<'a>(&'a self, record: &'a Record) -> io::Result<&'a [u8]> {
        match record {
            Record::Old(at) => self.record(*at),
            Record::New(bytes) => Ok(bytes),
        }
    }

    pub(super) fn lot(&self, record: &Record) -> io::Result<Lot> {
        Ok(Head::of(self.bytes(record)?)?.lot)
    }
}

/// A part of the old ledger that is gone through in order.
pub(super) struct Reading<'a> {
    old: &'a Old,
    at: u64,
    end: u64,
    /// What it says at that place.
    head: Option<Head<'a>>,
}

impl<'a> Reading<'a> {
    pub(super) fn new(old: &'a Old, part: Range<u64>) -> io::Result<Self> {
        let mut reading = Self { old, at: part.start, end: part.end, head: None };
        reading.look()?;
        Ok(reading)
    }

    fn look(&mut self) -> io::Result<()> {
        let record = (self.at < self.end).then(|| self.old.record(self.at)).transpose()?;
        self.head = record.map(Head::of).transpose()?;
        Ok(())
    }

    /// Returns the next one, and where it stands.
    pub(super) fn next(&self) -> Option<(u64, &Head<'a>)> {
        self.head.as_ref().map(|head| (self.at, head))
    }

    /// Passes over it.
    pub(super) fn pass(&mut self) -> io::Result<()> {
        self.at += 1;
        self.look()
    }
}

/// Whether the ledger's state of a file is its state on disk, and can be trusted to be.
pub(super) fn unchanged(head: &Head<'_>, stamp: walk::Stamp, readers: &mut Readers<'_>) -> bool {
    let read = matches!(head.lot, Lot::Indexed | Lot::Failed | Lot::Unsupported);
    read && head.settled && head.stamp() == stamp && readers.are_these(head)
}

/// Which readers are those of this program: few sets of them are met, each many times.
pub(super) struct Readers<'a> {
    pub(super) fields: &'a FieldNames,
    /// How much memory they may use, in bytes.
    pub(super) memory: u64,
    pub(super) known: Vec<(Lot, Box<[u8]>, bool)>,
}

impl Readers<'_> {
    fn are_these(&mut self, head: &Head<'_>) -> bool {
        let same =
            |(lot, readers, _): &&(Lot, Box<[u8]>, bool)| *lot == head.lot && **readers == *head.readers;
        if let Some((.., these)) = self.known.iter().find(same) {
            return *these;
        }
        let these = head.read_by_these(self.fields, self.memory);
        self.known.push((head.lot, head.readers.into(), these));
        these
    }
}
