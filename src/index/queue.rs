//! What is on its way to the writer: passages that wait for one of its threads, no more of them at
//! once than fit a number of bytes.

use std::sync::{Arc, Condvar, Mutex, OnceLock, PoisonError};

use tantivy::schema::document::Document;

use super::{
    draft::{Desk, Draft},
    values::{Each, Value, Values},
};
use crate::analysis::Sketch;

/// Bounds the bytes of waiting passages.
pub(super) struct Queue {
    limit: u64,
    waiting: Mutex<u64>,
    shrunk: Condvar,
    /// Desks that no thread writes at now.
    desks: Mutex<Vec<Desk>>,
}

impl Queue {
    pub(super) fn new(limit: u64) -> Arc<Self> {
        Arc::new(Self { limit, waiting: Mutex::default(), shrunk: Condvar::new(), desks: Mutex::default() })
    }

    /// Returns how many bytes may wait.
    pub(super) fn limit(&self) -> u64 {
        self.limit
    }

    /// Says whether the writer has enough to do, so that who has passages for it does well to make their values
    /// too: with these they take so many bytes.
    pub(super) fn is_busy(&self, bytes: u64) -> bool {
        let waiting = *self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting > 0 && bytes <= self.limit / 4
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

    /// Lends a desk.
    pub(super) fn at_a_desk<T>(&self, work: impl FnOnce(&mut Desk) -> T) -> T {
        let idle = || self.desks.lock().unwrap_or_else(PoisonError::into_inner);
        let mut desk = idle().pop().unwrap_or_default();
        let made = work(&mut desk);
        idle().push(desk);
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

/// A passage that waits to be written; its article's ticket lapses with the last of them. It is small: tantivy
/// makes room for 40,000 of them with each commit.
pub(super) struct Waiting(Box<Held>);

struct Held {
    draft: Draft,
    /// What tantivy is handed of it, once that is made.
    values: OnceLock<Values>,
    ticket: Arc<Ticket>,
}

impl Waiting {
    pub(super) fn new(draft: Draft, ticket: &Arc<Ticket>) -> Self {
        Self(Box::new(Held { draft, values: OnceLock::new(), ticket: Arc::clone(ticket) }))
    }

    /// Makes now what tantivy is handed of it.
    pub(super) fn make(&self, desk: &mut Desk) {
        self.0.values.get_or_init(|| self.0.draft.values(desk));
    }

    /// Returns the passage's [order](super::Rows::order).
    pub(super) fn order(&self) -> u64 {
        self.0.draft.order()
    }

    /// Returns the passage's sketch.
    pub(super) fn sketch(&self) -> Sketch {
        self.0.draft.sketch()
    }
}

impl Document for Waiting {
    type Value<'a> = Value<'a>;
    type FieldsValuesIter<'a> = Each<'a>;

    fn iter_fields_and_values(&self) -> Each<'_> {
        let Held { draft, values, ticket } = &*self.0;
        let make = || ticket.queue.at_a_desk(|desk| draft.values(desk));
        values.get_or_init(make).each(draft.text())
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
