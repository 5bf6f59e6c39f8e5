//! The articles of a long file, shared: its reader goes on while others, who have nothing to do, make passages of
//! what it read and write these.

use std::{
    mem,
    panic::{AssertUnwindSafe, catch_unwind},
};

use crossbeam_channel::{Receiver, Sender, bounded, select, unbounded};
use tantivy::TantivyError;

use super::{draft::Drafts, ingest::Ingest, last_words, manifest::Tally};

/// Bytes of articles, with all their values, that are left to another together: to wake one who sleeps takes time.
const TOGETHER: u64 = 512 << 10;

/// Articles that are left to another, who tells what they add to the sums.
struct Left {
    articles: Vec<Drafts>,
    told: Sender<tantivy::Result<Tally>>,
}

/// Where a reader leaves articles to one who waits for some; where nobody does, none can be left.
pub(super) struct Share(Sender<Left>, Receiver<Left>);

impl Default for Share {
    fn default() -> Self {
        let (send, receive) = bounded(0);
        Self(send, receive)
    }
}

impl Ingest<'_> {
    /// Returns what is received next, or nothing where there is no more. Until then it adds what others leave.
    pub(super) fn help_until<T>(&self, next: &Receiver<T>) -> Option<T> {
        loop {
            select! {
                recv(next) -> next => return next.ok(),
                recv(self.share.1) -> left => {
                    let Ok(Left { articles, told }) = left else { continue };
                    let added = catch_unwind(AssertUnwindSafe(|| self.add_all(articles)));
                    let panicked = |words: &str| Err(TantivyError::ErrorInThread(words.into()));
                    // Who left it waits.
                    let _ = told.send(added.unwrap_or_else(|panic| panicked(last_words(&*panic))));
                }
            }
        }
    }

    fn add_all(&self, articles: Vec<Drafts>) -> tantivy::Result<Tally> {
        articles.into_iter().try_fold(Tally::default(), |mut sum, drafts| {
            sum += self.add(drafts, false)?;
            Ok(sum)
        })
    }
}

/// The articles of one file that are not added yet.
pub(super) struct Shared<'a> {
    ingest: &'a Ingest<'a>,
    articles: Vec<Drafts>,
    bytes: u64,
    /// How often articles were left to others who told nothing yet, and where they tell.
    left: usize,
    told: (Sender<tantivy::Result<Tally>>, Receiver<tantivy::Result<Tally>>),
}

impl<'a> Shared<'a> {
    pub(super) fn new(ingest: &'a Ingest<'a>) -> Self {
        Self { ingest, articles: Vec::new(), bytes: 0, left: 0, told: unbounded() }
    }

    /// Takes an article of a file of which more may come. Returns what those add to the sums that were added.
    pub(super) fn add(&mut self, drafts: Drafts) -> tantivy::Result<Tally> {
        // Behind the last of a file its reader would only wait.
        let sum = if self.bytes < TOGETHER { Tally::default() } else { self.leave()? };
        self.bytes += drafts.bytes_with_values();
        self.articles.push(drafts);
        Ok(sum)
    }

    /// Leaves all that it has to another, or adds it.
    fn leave(&mut self) -> tantivy::Result<Tally> {
        self.bytes = 0;
        let left = Left { articles: mem::take(&mut self.articles), told: self.told.0.clone() };
        let mut sum = match self.ingest.share.0.try_send(left) {
            Ok(()) => {
                self.left += 1;
                Tally::default()
            }
            Err(nobody) => self.ingest.add_all(nobody.into_inner().articles)?,
        };
        for told in self.told.1.try_iter() {
            self.left -= 1;
            sum += told?;
        }
        Ok(sum)
    }

    /// Waits until all is added.
    pub(super) fn finish(&mut self) -> tantivy::Result<Tally> {
        self.bytes = 0;
        let mut all = self.ingest.add_all(mem::take(&mut self.articles));
        for told in self.told.1.iter().take(mem::take(&mut self.left)) {
            all = all.and_then(|mut sum| {
                sum += told?;
                Ok(sum)
            });
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, sync::atomic::AtomicBool};

    use crate::index::{Index, Update};

    #[test]
    fn a_file_of_records_is_the_same_whoever_adds_them() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let folder = dir.path().join("articles");
        fs::create_dir(&folder).expect("the folder can be made");
        let text =
            |number: usize| format!("Wave {number} broke on the harbour wall. ").repeat(1 + number % 90);
        let record = |number| format!("{{\"id\": {number}, \"text\": \"{}\"}}\n", text(number));
        let records: String = (0..3_000).map(record).collect();
        fs::write(folder.join("waves.jsonl"), records).expect("it can be written");
        let indexed = |jobs: usize, stage: u64| {
            let mut index =
                Index::create(&dir.path().join(format!("{jobs}.{stage}"))).expect("it can be made");
            let update = Update { folders: vec![folder.clone()], jobs, stage, ..Update::default() };
            let report =
                index.update(&update, &mut |_| {}, &AtomicBool::new(false)).expect("it can be indexed");
            let ledger = index.ledger().expect("it reads").expect("it is there").find(1, b"waves.jsonl");
            let entry = ledger.expect("it reads").1.expect("it is there");
            (report.articles, report.passages, index.searcher.num_docs(), entry.tally, entry.fate)
        };
        let alone = indexed(1, 1 << 30);
        assert_eq!(alone.0, 3_000);
        assert_eq!(indexed(4, 1 << 30), alone);
        assert_eq!(indexed(4, 1 << 20), alone);
    }
}
