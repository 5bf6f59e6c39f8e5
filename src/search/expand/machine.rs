//! What the words that a part of a query stands for are picked by: machines that walk the words of the
//! index and leave out what cannot fit.

use std::sync::LazyLock;

use levenshtein_automata::{DFA, Distance, LevenshteinAutomatonBuilder, SINK_STATE};
use regex_automata::util::primitives::StateID;
use tantivy_fst::Automaton;

use super::super::shape::Shape;
use crate::analysis::{END_OF_OWN_STEM, MARK, ROOT_MARKS};

/// The tables that machines for words with one slip and with two are made from, which take a moment to
/// fill. Two neighbours in each other's place are one slip.
static TABLES: LazyLock<[LevenshteinAutomatonBuilder; 2]> =
    LazyLock::new(|| [1, 2].map(|slips| LevenshteinAutomatonBuilder::new(slips, true)));

/// Words that begin so.
pub(in crate::search) struct Beginning<'a>(pub(in crate::search) &'a str);

/// Words spelled nearly so.
pub(in crate::search) struct Spelling(DFA);

/// Words that both of two machines accept.
pub(in crate::search) struct Both<'a, A, B>(pub(in crate::search) &'a A, pub(in crate::search) &'a B);

/// Forms before their mark, whatever stem stands behind it.
pub(super) struct Form<'a, A>(pub(super) &'a A);

impl Spelling {
    pub(in crate::search) fn of(word: &str, slips: u8) -> Self {
        Self(TABLES[usize::from(slips >= 2)].build_dfa(word))
    }

    /// Returns how many slips lead to a word; none where too many would.
    pub(super) fn slips(&self, word: &str) -> Option<u8> {
        match self.0.eval(word) {
            Distance::Exact(slips) => Some(slips),
            Distance::AtLeast(_) => None,
        }
    }
}

impl Automaton for Beginning<'_> {
    type State = Option<usize>;

    fn start(&self) -> Option<usize> {
        Some(0)
    }

    fn is_match(&self, state: &Option<usize>) -> bool {
        *state == Some(self.0.len())
    }

    fn can_match(&self, state: &Option<usize>) -> bool {
        state.is_some()
    }

    fn accept(&self, state: &Option<usize>, byte: u8) -> Option<usize> {
        let at = (*state)?;
        match self.0.as_bytes().get(at) {
            None => Some(at),
            Some(next) => (*next == byte).then_some(at + 1),
        }
    }
}

impl Automaton for Spelling {
    type State = u32;

    fn start(&self) -> u32 {
        self.0.initial_state()
    }

    fn is_match(&self, state: &u32) -> bool {
        matches!(self.0.distance(*state), Distance::Exact(_))
    }

    fn can_match(&self, state: &u32) -> bool {
        *state != SINK_STATE
    }

    fn accept(&self, state: &u32, byte: u8) -> u32 {
        self.0.transition(*state, byte)
    }
}

impl<A: Automaton, B: Automaton> Automaton for Both<'_, A, B> {
    type State = (A::State, B::State);

    fn start(&self) -> Self::State {
        (self.0.start(), self.1.start())
    }

    fn is_match(&self, (one, other): &Self::State) -> bool {
        self.0.is_match(one) && self.1.is_match(other)
    }

    fn can_match(&self, (one, other): &Self::State) -> bool {
        self.0.can_match(one) && self.1.can_match(other)
    }

    fn accept(&self, (one, other): &Self::State, byte: u8) -> Self::State {
        (self.0.accept(one, byte), self.1.accept(other, byte))
    }
}

impl Automaton for Shape {
    type State = StateID;

    fn start(&self) -> StateID {
        self.start
    }

    fn is_match(&self, state: &StateID) -> bool {
        self.ends(*state)
    }

    fn can_match(&self, state: &StateID) -> bool {
        self.goes_on(*state)
    }

    fn accept(&self, state: &StateID, byte: u8) -> StateID {
        self.step(*state, byte)
    }
}

/// Words that are their own stem, behind what stems of a language begin with.
pub(super) struct Own<'a, A> {
    pub(super) head: &'a str,
    pub(super) machine: &'a A,
}

/// How far a word that is its own stem was read.
#[derive(Clone)]
pub(super) enum Part<S> {
    /// So many bytes of what stands before it.
    Head(usize),
    Word(S),
    /// It fits, and so many bytes of what stands behind it were met.
    End(usize),
    Nothing,
}

impl<A: Automaton> Automaton for Own<'_, A> {
    type State = Part<A::State>;

    fn start(&self) -> Self::State {
        if self.head.is_empty() { Part::Word(self.machine.start()) } else { Part::Head(0) }
    }

    fn is_match(&self, state: &Self::State) -> bool {
        matches!(state, Part::End(2))
    }

    fn can_match(&self, state: &Self::State) -> bool {
        match state {
            Part::Word(state) => self.machine.can_match(state),
            Part::Head(_) | Part::End(_) => true,
            Part::Nothing => false,
        }
    }

    fn accept(&self, state: &Self::State, byte: u8) -> Self::State {
        let head = self.head.as_bytes();
        match state {
            Part::Head(at) if head[*at] == byte => match at + 1 == head.len() {
                true => Part::Word(self.machine.start()),
                false => Part::Head(at + 1),
            },
            Part::Word(state) if END_OF_OWN_STEM[0] == byte => match self.machine.is_match(state) {
                true => Part::End(1),
                false => Part::Nothing,
            },
            // What stands before stems of another language is no part of a word.
            Part::Word(_) if ROOT_MARKS.contains(&byte) => Part::Nothing,
            Part::Word(state) => Part::Word(self.machine.accept(state, byte)),
            Part::End(1) if END_OF_OWN_STEM[1] == byte => Part::End(2),
            _ => Part::Nothing,
        }
    }
}

/// How far a form was read.
#[derive(Clone)]
pub(super) enum Reading<S> {
    Form(S),
    /// It fits, and its mark was met.
    Fits,
    Nothing,
}

impl<A: Automaton> Automaton for Form<'_, A> {
    type State = Reading<A::State>;

    fn start(&self) -> Self::State {
        Reading::Form(self.0.start())
    }

    fn is_match(&self, state: &Self::State) -> bool {
        matches!(state, Reading::Fits)
    }

    fn can_match(&self, state: &Self::State) -> bool {
        match state {
            Reading::Form(state) => self.0.can_match(state),
            Reading::Fits => true,
            Reading::Nothing => false,
        }
    }

    fn accept(&self, state: &Self::State, byte: u8) -> Self::State {
        match state {
            Reading::Form(state) if char::from(byte) == MARK => {
                if self.0.is_match(state) {
                    Reading::Fits
                } else {
                    Reading::Nothing
                }
            }
            Reading::Form(state) => Reading::Form(self.0.accept(state, byte)),
            Reading::Fits => Reading::Fits,
            Reading::Nothing => Reading::Nothing,
        }
    }
}

/// Says whether a machine accepts a word.
pub(super) fn fits(machine: &impl Automaton, word: &str) -> bool {
    let mut state = machine.start();
    for byte in word.bytes() {
        if !machine.can_match(&state) {
            return false;
        }
        state = machine.accept(&state, byte);
    }
    machine.is_match(&state)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_letters_too_many_too_few_wrong_or_swapped() {
        let check = |word: &str, other: &str, expected: Option<u8>| {
            assert_eq!(Spelling::of(word, 2).slips(other), expected, "{word} {other}");
        };
        check("zukerberg", "zukerberg", Some(0));
        check("zukerberg", "zuckerberg", Some(1));
        check("zukerberg", "zukrberg", Some(1));
        check("zukerberg", "zakerberg", Some(1));
        check("zukerberg", "zukebrerg", Some(1));
        check("zukerberg", "zuckerbreg", Some(2));
        check("zukerberg", "zuckerbergs", Some(2));
        check("zukerberg", "zuckerburgs", None);
        check("привет", "превет", Some(1));
        assert_eq!(Spelling::of("cat", 1).slips("coat"), Some(1));
        assert_eq!(Spelling::of("cat", 1).slips("coats"), None);
    }

    #[test]
    fn a_machine_fits_words_and_marked_words_alike() {
        let check = |machine: &Beginning<'_>, word: &str, expected: bool| {
            assert_eq!(fits(machine, word), expected, "{word}");
            assert_eq!(fits(&Form(machine), &format!("{word}{MARK}stem")), expected, "{word}");
            assert!(!fits(&Form(machine), word), "{word}");
        };
        check(&Beginning("agent"), "agentic", true);
        check(&Beginning("agent"), "agent", true);
        check(&Beginning("agent"), "agen", false);
        check(&Beginning("agent"), "an agent", false);
        let own = |head| Own { head, machine: &Beginning("agent") };
        assert!(fits(&own(""), "agents\u{2}\u{4}") && !fits(&own(""), "agent\u{2}\u{4}ic"));
        assert!(fits(&own("es:"), "es:agent\u{2}\u{4}") && !fits(&own("es:"), "agent\u{2}\u{4}"));
        let all = Beginning("");
        let own = |head| Own { head, machine: &all };
        assert!(!fits(&own(""), "es:agent\u{2}\u{4}") && fits(&own("es:"), "es:agent\u{2}\u{4}"));
        assert!(!fits(&own("es:"), "es:~agent\u{2}\u{4}") && fits(&own("es:~"), "es:~agent\u{2}\u{4}"));
        assert!(fits(&Spelling::of("cat", 1), "car"));
        assert!(!fits(&Form(&Spelling::of("cat", 1)), "car"));
        let both = Both(&Beginning("c"), &Spelling::of("cat", 1));
        assert!(fits(&both, "car") && !fits(&both, "hat") && !fits(&both, "crane"));
        let shape = Shape::new("gpt[45]").expect("it is a pattern");
        assert!(fits(&shape, "gpt4") && fits(&Form(&shape), "gpt5\u{2}") && !fits(&shape, "gpt6"));
    }
}
