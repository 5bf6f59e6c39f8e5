//! The entries of the ledger beside the passages that are held.

use std::{collections::BTreeMap, fs, io, path::Path, sync::atomic::Ordering::Relaxed};

use super::Checking;
use crate::index::{
    home,
    ledger::{self, LedgerFile, Lot},
    manifest::{Manifest, Tally},
    seal,
};

/// What the entries of a ledger add up to: passages, files that were read, files that could not be.
type Summed = (Tally, u64, u64);

impl Checking<'_> {
    /// Compares what the ledger says with the passages that are held.
    pub(super) fn ledger(
        &mut self,
        generation: &Path,
        manifest: &Manifest,
        mut held: BTreeMap<(u32, Vec<u8>), u64>,
    ) {
        let Some(name) = &manifest.ledger else {
            self.check.wounds.sums |= !held.is_empty();
            return;
        };
        let path = self.inside(generation, name);
        let summed = (|| -> io::Result<Summed> {
            let mut hasher = blake3::Hasher::new();
            let mut file = fs::File::open(generation.join(name))?;
            io::copy(&mut file, &mut hasher)?;
            if seal::figures(&hasher.finalize()) != manifest.ledger_sum {
                return Err(io::Error::other(seal::WRONG));
            }
            let ledger = LedgerFile::open(&generation.join(name), manifest.ledger_bytes)?;
            self.compare(&path, &ledger, &mut held)
        })();
        let (tally, files, failed) = match summed {
            Ok(sums) => sums,
            Err(error) => {
                self.check.wounds.ledger = true;
                self.fault(&path, &error.to_string());
                return;
            }
        };
        self.read(manifest.ledger_bytes);
        // Where segments are broken, it is known why.
        let silent = !self.check.wounds.segments.is_empty();
        for ((folder, file), passages) in held.into_iter().filter(|(_, passages)| *passages > 0) {
            let said = format!(
                "does not know {passages} passages of {} that the index holds",
                String::from_utf8_lossy(&file)
            );
            self.check.wounds.files.insert((folder, file));
            if !silent {
                self.fault(&path, &said);
            }
        }
        if (tally, files, failed) != (manifest.tally.clone(), manifest.files, manifest.failed) {
            self.check.wounds.sums = true;
            self.fault(&self.inside(generation, home::META), "its sums are not those of the ledger");
        }
    }

    fn compare(
        &mut self,
        path: &Path,
        file: &LedgerFile,
        held: &mut BTreeMap<(u32, Vec<u8>), u64>,
    ) -> io::Result<Summed> {
        let mut ledger = file.all()?;
        let mut sums = Summed::default();
        let silent = !self.check.wounds.segments.is_empty();
        for at in 0..ledger.len() {
            if self.cancel.load(Relaxed) {
                break;
            }
            let entry = ledger.entry(at)?;
            self.check.entries += 1;
            let (lot, tally) = ledger::tally(&entry.record())?;
            sums.1 += u64::from(lot == Lot::Indexed);
            sums.2 += u64::from(lot == Lot::Failed);
            let said = tally.passages + tally.asides;
            sums.0 += tally;
            let holds = held.remove(&(entry.folder, entry.path.clone())).unwrap_or(0);
            if holds != said {
                if !silent {
                    let file = String::from_utf8_lossy(&entry.path).into_owned();
                    let cause = format!("says {said} passages of {file}, the index holds {holds}");
                    self.fault(path, &cause);
                }
                self.check.wounds.files.insert((entry.folder, entry.path));
            }
        }
        Ok(sums)
    }
}
