//! The chain of [`crate::analysis`] as tantivy wants it.

use tantivy::tokenizer::{Token, TokenStream, Tokenizer, TokenizerManager};

use crate::analysis::{self, Words};

/// Stems.
pub(super) const STEM: &str = "excerpt_stem";
/// Folded words.
pub(super) const EXACT: &str = "excerpt_exact";
/// Stems, and folded words behind [`EXACT_MARK`] at the same positions.
pub(super) const BOTH: &str = "excerpt_both";

/// What stands before a folded word in a field that holds stems too. No word begins with it.
pub(crate) const EXACT_MARK: char = '=';

pub(super) fn register(manager: &TokenizerManager) {
    manager.register(STEM, Chain { stems: true, exact: false });
    manager.register(EXACT, Chain { stems: false, exact: false });
    manager.register(BOTH, Chain { stems: true, exact: true });
}

#[derive(Clone, Copy)]
struct Chain {
    stems: bool,
    exact: bool,
}

struct Stream<'a> {
    chain: Chain,
    text: &'a str,
    words: Words<'a>,
    token: Token,
    /// Whether the word of the current token is still to be given unstemmed.
    pending: bool,
}

impl Tokenizer for Chain {
    type TokenStream<'a> = Stream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Stream<'a> {
        Stream { chain: *self, text, words: analysis::words(text), token: Token::default(), pending: false }
    }
}

impl TokenStream for Stream<'_> {
    fn advance(&mut self) -> bool {
        if std::mem::take(&mut self.pending) {
            let word = &self.text[self.token.offset_from..self.token.offset_to];
            self.token.text.clear();
            self.token.text.push(EXACT_MARK);
            self.token.text.push_str(&analysis::fold(word));
            return true;
        }
        let Some(range) = self.words.next() else { return false };
        let folded = analysis::fold(&self.text[range.clone()]);
        self.token.text.clear();
        if self.chain.stems {
            self.token.text.push_str(&analysis::stem(&folded));
        } else {
            self.token.text.push_str(&folded);
        }
        self.token.position = self.token.position.wrapping_add(1);
        self.token.offset_from = range.start;
        self.token.offset_to = range.end;
        self.pending = self.chain.exact;
        true
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}
