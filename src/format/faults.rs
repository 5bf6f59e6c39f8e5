//! What went wrong in a file: the first few faults are told, the others counted.

use std::fmt::Display;

/// So many faults are told: one shows what is wrong, a few show whether it is always the same.
const MOST_TOLD: usize = 3;

/// The faults of the parts of a file.
#[derive(Debug, Default)]
pub(super) struct Faults {
    told: Vec<String>,
    more: u64,
}

impl Faults {
    /// Adds a fault, in words for the reader of the file. `format_args!` costs nothing where it is
    /// only counted.
    pub(super) fn add(&mut self, fault: impl Display) {
        if self.told.len() < MOST_TOLD {
            self.told.push(fault.to_string());
        } else {
            self.more += 1;
        }
    }

    /// Returns what there is to say; `more` says of those that were only counted what they are, such
    /// as `chapters were passed over`.
    pub(super) fn say(self, more: &str) -> Vec<String> {
        let rest = (self.more > 0).then(|| format!("and {} more {more}", self.more));
        self.told.into_iter().chain(rest).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_faults_are_told_and_the_others_counted() {
        let said = |count: u64| {
            let mut faults = Faults::default();
            (1..=count).for_each(|number| faults.add(format_args!("fault {number}")));
            faults.say("of the kind").join("; ")
        };
        assert_eq!(said(0), "");
        assert_eq!(said(3), "fault 1; fault 2; fault 3");
        assert_eq!(said(5), "fault 1; fault 2; fault 3; and 2 more of the kind");
    }
}
