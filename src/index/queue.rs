//! What is on its way to the writer: passages that wait for one of its threads, no more of them at
//! once than fit a number of bytes.

use std::sync::{Arc, Condvar, Mutex, OnceLock, PoisonError};

use tantivy::{
    TantivyDocument,
    schema::{Field, document::CompactDocValue, document::Document},
};

use super::draft::Draft;
use crate::analysis::Analyzer;

/// Bounds the bytes of waiting passages.
pub(super) struct Queue {
    limit: u64,
    waiting: Mutex<u64>,
    shrunk: Condvar,
    /// Analyzers that no thread uses now: they remember the words they met.
    analyzers: Mutex<Vec<Analyzer>>,
}

impl Queue {
    pub(super) fn new(limit: u64) -> Arc<Self> {
        Arc::new(Self {
            limit,
            waiting: Mutex::default(),
            shrunk: Condvar::new(),
            analyzers: Mutex::default(),
        })
    }

    /// Waits until there is room for so many bytes. What is larger than the whole room waits until
    /// nothing else does.
    pub(super) fn enter(self: &Arc<Self>, bytes: u64) -> Ticket {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        while *waiting > 0 && *waiting + bytes > self.limit {
            waiting = self.shrunk.wait(waiting).unwrap_or_else(PoisonError::into_inner);
        }
        *waiting += bytes;
        Ticket { queue: Arc::clone(self), bytes }
    }

    /// Lends an analyzer.
    fn with_analyzer<T>(&self, work: impl FnOnce(&mut Analyzer) -> T) -> T {
        let idle = || self.analyzers.lock().unwrap_or_else(PoisonError::into_inner);
        let mut analyzer = idle().pop().unwrap_or_default();
        let made = work(&mut analyzer);
        idle().push(analyzer);
        made
    }
}

/// The room that some passages take while they wait; given back when dropped.
pub(super) struct Ticket {
    queue: Arc<Queue>,
    bytes: u64,
}

impl Drop for Ticket {
    fn drop(&mut self) {
        *self.queue.waiting.lock().unwrap_or_else(PoisonError::into_inner) -= self.bytes;
        self.queue.shrunk.notify_all();
    }
}

/// A passage that waits to be written; its article's ticket lapses with the last of them.
pub(super) struct Waiting {
    draft: Draft,
    /// The document, where it was looked at before it is written.
    made: OnceLock<TantivyDocument>,
    ticket: Arc<Ticket>,
}

impl Waiting {
    pub(super) fn new(draft: Draft, ticket: &Arc<Ticket>) -> Self {
        Self { draft, made: OnceLock::new(), ticket: Arc::clone(ticket) }
    }

    fn document(&self) -> TantivyDocument {
        self.ticket.queue.with_analyzer(|analyzer| self.draft.document(analyzer))
    }
}

impl Document for Waiting {
    type Value<'a> = CompactDocValue<'a>;
    type FieldsValuesIter<'a> = Box<dyn Iterator<Item = (Field, CompactDocValue<'a>)> + 'a>;

    fn iter_fields_and_values(&self) -> Self::FieldsValuesIter<'_> {
        Box::new(self.made.get_or_init(|| self.document()).field_values())
    }

    fn into_tantivy_document(mut self) -> TantivyDocument {
        self.made.take().unwrap_or_else(|| self.document())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_waits_never_exceeds_the_limit_unless_it_is_one() {
        let queue = Queue::new(10);
        let large = queue.enter(100);
        let entered = std::thread::scope(|scope| {
            let later = scope.spawn(|| drop(queue.enter(5)));
            drop(large);
            later.join().is_ok()
        });
        assert!(entered);
        let tickets = [queue.enter(4), queue.enter(6)];
        assert_eq!(*queue.waiting.lock().expect("no thread failed"), 10);
        drop(tickets);
        assert_eq!(*queue.waiting.lock().expect("no thread failed"), 0);
    }
}
