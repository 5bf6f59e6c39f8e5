//! What the marks in any text must come through; see [`crate::trial`].

use super::{
    highlight::snippet,
    lexicon,
    matches::{Reading, Targets},
    otherwise::{self, Synonyms},
    parse::parse,
    query::{Extent, Query},
    tree::{Node, Word},
};
use crate::analysis::{self, StopWords};

/// Words that prefixes stand for.
const KNOWN: [&str; 4] = ["agent", "agents", "agentic", "cat"];

/// Returns what a query looks for, where no index has its words.
pub(super) fn targets(query: &str) -> Targets {
    let query = Query { text: query.into(), ..Query::default() };
    let stem = |word: &Word| vec![analysis::stem(&word.typed, None).into_owned()];
    let sought =
        |words: &[Word]| lexicon::sought(words, &stem).into_iter().map(|sought| (sought, 1.0)).collect();
    let others = |nodes: &[Node]| otherwise::others(nodes, &Synonyms::default());
    let expand = |node: &Node| -> tantivy::Result<Vec<Vec<String>>> {
        let words = KNOWN.into_iter().filter(|word| match node {
            Node::Prefix(prefix) => word.starts_with(prefix.as_str()),
            _ => false,
        });
        Ok(words.map(|word| vec![word.into()]).collect())
    };
    let stop = StopWords::of(None);
    let meaning = Reading { case: false, stop: &stop, sought: &sought, others: &others, expand: &expand };
    Targets::of(&parse(&query).tree, &meaning).expect("there is no index to fail")
}

/// The first line is a query, the rest a text: its parts joined are the text, and the best sentences are of
/// it, in order.
pub(crate) fn highlight(bytes: &[u8]) {
    let bytes = String::from_utf8_lossy(bytes);
    let (query, text) = bytes.split_once('\n').unwrap_or(("cat", &bytes));
    let targets = targets(query);
    let shown = |extent| -> String {
        snippet(&[], text, None, &targets, extent).parts.into_iter().map(|part| part.text).collect()
    };
    assert_eq!(shown(Extent::Whole), text.trim_end(), "{query:?}");
    let dense = |text: &str| text.split_whitespace().collect::<String>();
    let all = dense(text);
    let mut rest = all.as_str();
    for piece in shown(Extent::Sentences).split('…') {
        let piece = dense(piece);
        let at = rest.find(&piece).unwrap_or_else(|| panic!("{piece:?} is not in {text:?}"));
        rest = &rest[at + piece.len()..];
    }
}
