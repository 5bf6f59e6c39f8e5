//! The folders beside the ledger, file by file: what is new, changed or gone.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use super::{
    damaged,
    ledger::{Entry, Fate, Head, Lot},
    old::{Readers, Reading, Record, unchanged},
    plan::{Due, Plan, Slot},
    report::{Event, Outcome},
};
use crate::{
    error::{Error, Result},
    format::{self, Extent, FIRST_PART, Format},
    walk::{self, Found, Kind, Part},
};

impl Plan<'_> {
    /// Compares one folder with its part of the ledger.
    pub(super) fn compare(&mut self, id: u32, event: &mut dyn FnMut(Event)) -> Result<()> {
        let Some(mut folder) = self.manifest.folder(id).cloned() else { return Ok(()) };
        let root = folder.path(self.dir);
        // What stands there now decides: a file may have become a folder.
        let there = fs::metadata(&root);
        if there.as_ref().is_ok_and(|meta| folder.single == meta.is_dir()) {
            folder.single = !folder.single;
            if let Some(kept) = self.manifest.folders.iter_mut().find(|kept| kept.id == id) {
                *kept = folder.clone();
            }
            self.dirty = true;
        }
        let apart: Vec<PathBuf> = self
            .manifest
            .folders
            .iter()
            .filter(|other| other.id != id)
            .map(|other| other.path(self.dir))
            .collect();
        let mut rules = folder.rules.clone();
        rules.exclude.extend(self.settings.exclude.iter().cloned());
        let part = self.take_part(id);
        self.slots.reserve(usize::try_from(part.end - part.start).unwrap_or(0));
        self.compared.push(id);
        let (dir, old) = (self.dir, Arc::clone(&self.old));
        let broken = |source| damaged(dir, source);
        let mut reading = Reading::new(&old, part).map_err(broken)?;
        if there.is_err() {
            if self.fresh && self.report.rebuilt {
                return Err(Error::MissingFolder { path: root });
            }
            self.report.missing.push(root);
            while let Some((at, head)) = reading.next() {
                self.keep(at, head);
                reading.pass().map_err(broken)?;
            }
            return Ok(());
        }
        let base = folder.base(dir);
        let fields = self.settings.fields(&folder.fields);
        self.bases.push((id, base.clone(), fields.clone()));
        let mut readers = Readers { fields: &fields, memory: self.memory, known: Vec::new() };
        // Below a folder that cannot be looked at everything stays as it was.
        let mut closed: Option<Vec<u8>> = None;
        let mut failure = None;
        walk::walk(&root, &rules, &apart, Part::Whole, &mut |found| {
            let step = || -> io::Result<()> {
                while let Some((at, head)) = reading.next().filter(|(_, head)| head.is_before(&found.path)) {
                    self.not_found(at, head, closed.as_deref(), &base, event);
                    reading.pass()?;
                }
                closed = matches!(found.kind, Kind::Unreadable(_)).then(|| found.path.to_vec());
                let known = reading.next().filter(|(_, head)| *head.path == *found.path);
                let is_known = known.is_some();
                self.met(&base, id, found, known, &mut readers, event)?;
                if is_known { reading.pass() } else { Ok(()) }
            };
            failure = step().err();
            failure.is_none()
        })?;
        if let Some(source) = failure {
            return Err(broken(source));
        }
        while let Some((at, head)) = reading.next() {
            self.not_found(at, head, closed.as_deref(), &base, event);
            reading.pass().map_err(broken)?;
        }
        Ok(())
    }

    /// Keeps what the old ledger says at a place.
    fn keep(&mut self, at: u64, head: &Head<'_>) {
        self.count(head.lot);
        self.slots.push(Slot { folder: head.folder, entry: Some(Record::Old(at)) });
    }

    fn not_found(
        &mut self,
        at: u64,
        head: &Head<'_>,
        closed: Option<&[u8]>,
        base: &Path,
        event: &mut dyn FnMut(Event),
    ) {
        let below = |folder: &[u8]| {
            folder.is_empty() || (head.path.starts_with(folder) && head.path.get(folder.len()) == Some(&b'/'))
        };
        if closed.is_some_and(below) {
            self.keep(at, head);
            return;
        }
        self.dirty = true;
        if head.lot == Lot::Indexed {
            self.remove(head, base, event);
        }
    }

    fn remove(&mut self, head: &Head<'_>, base: &Path, event: &mut dyn FnMut(Event)) {
        self.report.removed += 1;
        let path = walk::join(base, head.path);
        event(Event::File { path, bytes: head.stamp().size, outcome: Outcome::Removed });
        self.gone.push((head.folder, head.path.into()));
    }

    /// Takes what was met on disk, with what the ledger knows of it.
    fn met(
        &mut self,
        base: &Path,
        id: u32,
        found: Found<'_>,
        known: Option<(u64, &Head<'_>)>,
        readers: &mut Readers<'_>,
        event: &mut dyn FnMut(Event),
    ) -> io::Result<()> {
        let Found { path, stamp, kind } = found;
        let fate = match kind {
            Kind::Folder => {
                // Its state is all that is written down of it.
                let same = |head: &Head<'_>| head.lot == Lot::Folder && head.stamp() == stamp;
                if let Some((at, head)) = known.filter(|(_, head)| same(head)) {
                    self.keep(at, head);
                    return Ok(());
                }
                Fate::Folder
            }
            Kind::LeftOut(rule) => Fate::LeftOut(rule),
            Kind::Unreadable(cause) => Fate::Failed(cause),
            Kind::File => {
                if let Some((at, head)) = known.filter(|(_, head)| unchanged(head, stamp, readers)) {
                    self.keep(at, head);
                    return Ok(());
                }
                let name = path.rsplit(|&byte| byte == b'/').next().unwrap_or(&path);
                let bytes = match format::by_extension(&String::from_utf8_lossy(name)).map(Format::extent) {
                    Some(Extent::First) => stamp.size.min(FIRST_PART),
                    _ => stamp.size,
                };
                self.tasks.push(Due { slot: self.slots.len(), path: path.into(), bytes });
                self.slots.push(Slot { folder: id, entry: known.map(|(at, _)| Record::Old(at)) });
                return Ok(());
            }
        };
        let record = Entry::new(id, path.into(), stamp, fate).record();
        let lot = Head::of(&record)?.lot;
        self.count(lot);
        let entry = match known {
            Some((at, _)) if self.old.record(at)? == &*record => Record::Old(at),
            _ => {
                self.dirty = true;
                Record::New(record)
            }
        };
        if let Some((_, head)) = known.filter(|(_, head)| head.lot == Lot::Indexed) {
            self.remove(head, base, event);
        }
        self.slots.push(Slot { folder: id, entry: Some(entry) });
        Ok(())
    }

    /// Counts what stays or is settled without reading.
    fn count(&mut self, lot: Lot) {
        match lot {
            Lot::Folder => {}
            Lot::Indexed => self.report.unchanged += 1,
            Lot::LeftOut | Lot::Unsupported => self.report.skipped += 1,
            Lot::Failed => self.report.failed += 1,
        }
    }
}
