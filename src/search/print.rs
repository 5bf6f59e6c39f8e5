//! A tree as a query in one canonical form: read again, it is the same tree.

use std::fmt;

use super::{
    operators::is_in_capitals,
    tree::{Filter, Group, Node, Word},
};
use crate::analysis;

impl fmt::Display for Group {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = Or("OR").beside(self);
        // Between words in capitals `OR` would be one of them.
        f.write_str(&if is_in_capitals(&text) { Or("||").beside(self) } else { text })
    }
}

/// How "or" is written.
#[derive(Clone, Copy)]
struct Or(&'static str);

impl Or {
    /// Writes nodes side by side, each with its sign.
    fn beside(self, group: &Group) -> String {
        let must = group.must.iter().map(|node| (if node.restricts() { "" } else { "+" }, node));
        let should = group.should.iter().map(|node| ("", node));
        let not = group.not.iter().map(|node| ("-", node));
        let signed = must.chain(should).chain(not).map(|(sign, node)| format!("{sign}{}", self.node(node)));
        signed.collect::<Vec<_>>().join(" ")
    }

    fn node(self, node: &Node) -> String {
        match node {
            Node::Group(group) if group.must.is_empty() && group.not.is_empty() => {
                let any: Vec<String> = group.should.iter().map(|node| self.node(node)).collect();
                format!("({})", any.join(&format!(" {} ", self.0)))
            }
            Node::Group(group) => format!("({})", self.beside(group)),
            node => single(node),
        }
    }
}

/// Writes what is no group.
pub(super) fn single(node: &Node) -> String {
    match node {
        Node::Words(words) => piece(words),
        Node::Prefix(prefix) => format!("{prefix}*"),
        Node::Fuzzy(word, slips) => format!("{word}~{slips}"),
        Node::Shape(pattern) => shape(pattern),
        Node::Phrase(words, 0) => format!("\"{}\"", joined(words, " ")),
        Node::Phrase(words, slop) => format!("\"{}\"~{slop}", joined(words, " ")),
        Node::Title(inner) => format!("title:{}", single(inner)),
        Node::Filter(filter) => self::filter(filter),
        Node::Group(_) => Or("OR").node(node),
    }
}

fn piece(words: &[Word]) -> String {
    let mut text = joined(words, "-");
    if matches!(text.as_str(), "AND" | "OR" | "NOT") {
        text = format!("'{text}'");
    }
    if words.last().is_some_and(|word| word.pause) {
        text.push(',');
    }
    text
}

/// Joins words with nothing between them where they are told apart without, as Chinese ones are.
fn joined(words: &[Word], between: &str) -> String {
    let typed: Vec<&str> = words.iter().map(|word| word.typed.as_str()).collect();
    let close = typed.concat();
    if analysis::words(&close).map(|range| &close[range]).eq(typed.iter().copied()) {
        return close;
    }
    typed.join(between)
}

fn shape(pattern: &str) -> String {
    format!("/{}/", pattern.replace('/', "\\/"))
}

fn filter(filter: &Filter) -> String {
    let words = |names: &[Vec<Word>]| {
        let names = names.iter().map(|words| match words.as_slice() {
            [word] => word.typed.clone(),
            words => format!("\"{}\"", joined(words, " ")),
        });
        names.collect::<Vec<_>>().join(",")
    };
    let names = |names: &[String]| names.iter().map(|one| name(one)).collect::<Vec<_>>().join(",");
    match filter {
        Filter::Author(author) => format!("author:{}", words(author)),
        Filter::Path(path) => format!("path:{}", words(path)),
        Filter::Tag(tags) => format!("tag:{}", names(tags)),
        Filter::Site(sites) => format!("site:{}", names(sites)),
        Filter::Language(languages) => format!("lang:{}", names(languages)),
        Filter::Format(formats) => format!("format:{}", names(formats)),
        Filter::Days(span) => span.to_string(),
    }
}

fn name(name: &str) -> String {
    let is_plain = |letter: char| letter.is_alphanumeric() || matches!(letter, '-' | '_' | '.');
    if name.chars().all(is_plain) { name.into() } else { format!("\"{name}\"") }
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*, sample::select, strategy::Union};

    use super::{
        super::{parse::parse, query::Query},
        *,
    };
    use crate::date::Span;

    fn word() -> impl Strategy<Value = Word> {
        const TYPED: &[&str] =
            &["a", "AND", "OR", "NOT", "Llama", "4", "café", "人", "हिन्दी", "title", "ＡＢ", "7d", "K"];
        select(TYPED).prop_map(Word::of)
    }

    fn name() -> impl Strategy<Value = String> {
        select(&["de", "c++", "a, b", "x y", "щ", "a*", "(x", "-b", "1", "or", "a||b"]).prop_map(String::from)
    }

    fn plain() -> impl Strategy<Value = Node> {
        let folded = select(&["agent", "cafe", "ors", "приве", "not2"]);
        let shapes = select(&["gpt-[45]", "a/b", r"a\\b", "(a|b)c", ".*berg", "[\"»]x", "~*"]);
        Union::new([
            vec(word(), 1..4).prop_map(Node::Words).boxed(),
            vec(word(), 1..4).prop_map(|words| Node::Phrase(words, 0)).boxed(),
            (vec(word(), 1..4), 1..9_u32).prop_map(|(words, slop)| Node::Phrase(words, slop)).boxed(),
            folded.clone().prop_map(|word| Node::Prefix(word.into())).boxed(),
            (folded, 1..3_u8).prop_map(|(word, slips)| Node::Fuzzy(word.into(), slips)).boxed(),
            shapes.prop_map(|pattern| Node::Shape(pattern.into())).boxed(),
        ])
    }

    fn restricting() -> impl Strategy<Value = Node> {
        let words = || vec(vec(word(), 1..3), 1..3);
        let names = || vec(name(), 1..3);
        let span = (1000..9999_u64, 1..13_u64, 1..29_u64, 0..20_000_u64);
        Union::new([
            plain().prop_map(|node| Node::Title(Box::new(node))).boxed(),
            words().prop_map(|names| Node::Filter(Filter::Author(names))).boxed(),
            words().prop_map(|names| Node::Filter(Filter::Path(names))).boxed(),
            names().prop_map(|names| Node::Filter(Filter::Tag(names))).boxed(),
            select(&["de", "fr"]).prop_map(|name| Node::Filter(Filter::Language(vec![name.into()]))).boxed(),
            span.prop_map(|(year, month, day, more)| {
                let first = year * 10_000 + month * 100 + day;
                Node::Filter(Filter::Days(Span {
                    first,
                    last: (first / 10_000 + more).min(9999) * 10_000 + 1231,
                }))
            })
            .boxed(),
        ])
    }

    fn paused(mut node: Node) -> Node {
        if let Node::Words(words) = &mut node
            && let Some(last) = words.last_mut()
        {
            last.pause = true;
        }
        node
    }

    /// Trees as the parser builds them: what restricts need not be marked, and no group is of one part.
    fn group() -> impl Strategy<Value = Node> {
        let leaf = || Union::new([plain().boxed(), plain().prop_map(paused).boxed(), restricting().boxed()]);
        let inner = leaf().prop_recursive(6, 30, 3, |inner| {
            let any = vec(inner.clone(), 2..4).prop_map(|should| Group { should, ..Group::default() });
            let all = (vec(inner.clone(), 0..3), vec(inner.clone(), 0..3), vec(inner, 0..2));
            let all = all.prop_map(|(must, should, not)| {
                let (restrict, should): (Vec<_>, _) = should.into_iter().partition(Node::restricts);
                Group { must: [must, restrict].concat(), should, not }
            });
            Union::new([any.boxed(), all.boxed()])
                .prop_filter_map("nothing", |group| (!group.is_empty()).then(|| group.into_node(&mut false)))
        });
        inner.boxed()
    }

    proptest! {
        #[test]
        fn a_tree_written_and_read_is_the_same_tree(nodes in vec(group(), 0..5)) {
            let (must, should) = nodes.into_iter().partition(Node::restricts);
            let tree = Group { must, should, not: Vec::new() };
            let text = tree.to_string();
            // More parts than these may not stand for other words.
            prop_assume!(text.matches(['*', '~', '/']).count() <= 16);
            prop_assert_eq!(parse(&Query { text: text.clone(), ..Query::default() }).tree, tree, "{}", text);
        }
    }
}
