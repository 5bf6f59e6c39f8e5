//! Short texts side by side in one piece of memory, where there are many of them.

/// Stands beside the end of a text that is missing.
const MISSING: u16 = 1 << 15;

/// So many texts, each of which may be missing. Together they have less than 32 KB.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Texts<const N: usize> {
    all: Box<str>,
    /// Where each ends.
    ends: [u16; N],
}

impl<const N: usize> Texts<N> {
    pub(super) fn of(texts: [Option<&str>; N]) -> Self {
        // Of the right size at once: it is made for every word that is new.
        let mut all = String::with_capacity(texts.iter().flatten().map(|text| text.len()).sum());
        let mut ends = [0; N];
        for (end, text) in ends.iter_mut().zip(texts) {
            all.push_str(text.unwrap_or_default());
            let length = u16::try_from(all.len()).expect("words are cut off before");
            *end = if text.is_some() { length } else { length | MISSING };
        }
        Self { all: all.into(), ends }
    }

    pub(super) fn get(&self, at: usize) -> Option<&str> {
        let end = self.ends[at];
        let start = at.checked_sub(1).map_or(0, |before| self.ends[before] & !MISSING);
        (end & MISSING == 0).then(|| &self.all[usize::from(start)..usize::from(end)])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_given_back_and_missing_ones_are_missed() {
        let given = [None, Some("words"), Some(""), None, Some("é")];
        let texts = Texts::of(given);
        assert_eq!(std::array::from_fn(|at| texts.get(at)), given);
    }
}
