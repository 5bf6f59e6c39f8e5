//! Words as terms: a term is the stem of a word and its form.
//!
//! The second part of a term says how the first becomes it, so that many terms end alike, and the
//! dictionary is small: `run`, the mark, none dropped, `ning`. A stem with nothing behind its mark is one
//! that a word has beside its own; a form without a stem is a character of a script that has no other
//! words. Which stems a form has is told by terms turned round, a form and its stem, but for forms that are
//! their own.

use super::root;

/// Parts a stem and a form, and in a term that is turned round a form and a stem. No word holds it.
pub(crate) const MARK: char = '\u{2}';

/// Behind a mark, with the number of letters added that are dropped.
const DROPPED: u8 = 4;

/// Where all letters are dropped.
const ALL: u8 = 0x7F;

/// Returns the term of a form of a stem.
pub(crate) fn word_term(stem: &str, form: &str) -> String {
    let mut term = String::with_capacity(stem.len() + 8);
    term.push_str(stem);
    term.push(MARK);
    push_change(&mut term, root(stem).1, form);
    term
}

/// Returns the stem and the form of a term; none where it has no form.
pub(crate) fn split_word(term: &str) -> Option<(&str, String)> {
    let (stem, change) = term.split_once(MARK)?;
    Some((stem, changed(root(stem).1, change)?))
}

/// Returns the term of a form and its stem turned round; none where it is its own stem.
pub(crate) fn form_term(form: &str, stem: &str) -> Option<String> {
    let (head, root) = root(stem);
    (form != root).then(|| {
        let mut term = String::with_capacity(form.len() + 8);
        term.push_str(form);
        term.push(MARK);
        push_change(&mut term, form, root);
        term.push(MARK);
        term.push_str(head);
        term
    })
}

/// Returns the form and the stem of a term that is turned round; none where it is none.
pub(crate) fn split_form(term: &str) -> Option<(&str, String)> {
    let mut parts = term.split(MARK);
    let (form, change, head) = (parts.next()?, parts.next()?, parts.next()?);
    Some((form, format!("{head}{}", changed(form, change)?)))
}

/// How a term ends whose form is its own stem.
pub(crate) const END_OF_OWN_STEM: [u8; 2] = [MARK as u8, DROPPED];

/// Adds to a text how one word becomes another: how many letters are dropped at its end, and what stands
/// in their place.
fn push_change(text: &mut String, from: &str, to: &str) {
    let alike = from.bytes().zip(to.bytes()).take_while(|(one, other)| one == other).count();
    let shared = (0..=alike).rev().find(|at| from.is_char_boundary(*at)).unwrap_or(0);
    let dropped = from[shared..].chars().count();
    match u8::try_from(dropped + usize::from(DROPPED)).ok().filter(|dropped| *dropped < ALL) {
        Some(dropped) => {
            text.push(char::from(dropped));
            text.push_str(&to[shared..]);
        }
        None => {
            text.push(char::from(ALL));
            text.push_str(to);
        }
    }
}

/// Returns what a word becomes; none where nothing says so.
fn changed(word: &str, change: &str) -> Option<String> {
    let mut letters = change.chars();
    let dropped = u8::try_from(letters.next()?).ok()?;
    let kept = match dropped {
        ALL => "",
        _ => {
            let dropped = usize::from(dropped.checked_sub(DROPPED)?);
            let end = word.char_indices().rev().take(dropped).last().map_or(word.len(), |(at, _)| at);
            &word[..end]
        }
    };
    Some([kept, letters.as_str()].concat())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn terms_of_a_stem_begin_alike_and_end_as_others_do() {
        assert_eq!(word_term("run", "running"), "run\u{2}\u{4}ning");
        assert_eq!(word_term("run", "run"), "run\u{2}\u{4}");
        assert_eq!(word_term("poni", "pony"), "poni\u{2}\u{5}y");
        assert_eq!(word_term("es:cancion", "canciones"), "es:cancion\u{2}\u{4}es");
        assert_eq!(word_term("", "人"), "\u{2}\u{4}人");
        assert_eq!(form_term("viet", "vi:~viet"), None);
        assert!(word_term("es:pan", "pan").as_bytes().ends_with(&END_OF_OWN_STEM));
        assert_eq!(split_word("run\u{2}"), None);
    }

    proptest! {
        #[test]
        fn a_form_tells_its_stem(form in "[a-zé人]{0,200}", root in "[a-zé]{0,200}", head in "(es:|vi:~|)") {
            let stem = format!("{head}{root}");
            let term = word_term(&stem, &form);
            prop_assert_eq!(split_word(&term), Some((stem.as_str(), form.clone())));
            match form_term(&form, &stem) {
                Some(term) => prop_assert_eq!(split_form(&term), Some((form.as_str(), stem))),
                None => prop_assert_eq!(form, root),
            }
        }

        #[test]
        fn other_forms_have_other_terms(one in "[a-cé]{0,6}", other in "[a-cé]{0,6}", stem in "[a-cé]{0,6}") {
            prop_assert_eq!(word_term(&stem, &one) == word_term(&stem, &other), one == other);
        }
    }
}
