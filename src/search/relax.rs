//! Looser queries, for what nothing matches as asked: other spellings, and fewer words required.

use super::{
    compile::Compiler,
    nearest::parts,
    results::Suggestion,
    tree::{Group, Node, Word},
};

/// How a note begins that says what a relaxed answer answers.
pub const RELAXED: &str = "nothing matches as asked";

/// Returns the tree with the nearest words put for those that the index does not hold, or hardly; none
/// where there are no such words.
pub(super) fn respelled(
    tree: &Group,
    suggestions: &[Suggestion],
    compiler: &Compiler<'_>,
) -> tantivy::Result<Option<Group>> {
    let mut instead: Vec<(&str, Vec<Word>)> = Vec::new();
    for Suggestion { word, near, .. } in suggestions {
        let parts = parts(compiler, word)?;
        let whole = near.first().filter(|near| !parts.contains(&near.word));
        let words = match whole {
            Some(near) => vec![Word::of(&near.word)],
            None => parts.iter().map(|part| Word::of(part)).collect(),
        };
        instead.push((word, words));
    }
    let mut tree = tree.clone();
    put(&mut tree, &instead);
    Ok((!instead.is_empty()).then_some(tree))
}

fn put(group: &mut Group, instead: &[(&str, Vec<Word>)]) {
    for nodes in [&mut group.must, &mut group.should] {
        *nodes = std::mem::take(nodes).into_iter().flat_map(|node| put_node(node, instead)).collect();
    }
}

fn put_node(mut node: Node, instead: &[(&str, Vec<Word>)]) -> Vec<Node> {
    match &mut node {
        // A word that is two is no name: they need not stand side by side.
        Node::Words(words) if words.len() == 1 => {
            let words = put_word(&words[0], instead).into_iter();
            return words.map(|word| Node::Words(vec![word])).collect();
        }
        Node::Words(words) | Node::Phrase(words, _) => {
            *words = words.iter().flat_map(|word| put_word(word, instead)).collect();
        }
        Node::Title(inner) => {
            let inner = put_node((**inner).clone(), instead);
            return inner.into_iter().map(|node| Node::Title(Box::new(node))).collect();
        }
        Node::Group(inner) => put(inner, instead),
        Node::Prefix(_) | Node::Fuzzy(..) | Node::Shape(_) | Node::Filter(_) => {}
    }
    vec![node]
}

fn put_word(word: &Word, instead: &[(&str, Vec<Word>)]) -> Vec<Word> {
    let other = instead.iter().find(|(known, _)| *known == word.folded);
    other.map_or_else(|| vec![word.clone()], |(_, words)| words.clone())
}

/// Returns looser queries, each with what is said of its answer, the least loose first.
pub(super) fn looser(tree: &Group, corrected: Option<Group>) -> Vec<(Group, String)> {
    let fewer = format!("{RELAXED}: these hold some of the words, or other forms of them");
    let spelled = |text: &Group| format!("{RELAXED}: these match `{text}`");
    let mut looser = Vec::new();
    let loose = loosened(tree);
    if loose != *tree {
        looser.push((loose, fewer));
    }
    if let Some(corrected) = corrected {
        let (note, loose) = (spelled(&corrected), loosened(&corrected));
        looser.push((corrected.clone(), note));
        if loose != corrected {
            let note = format!("{RELAXED}: these hold some of the words of `{corrected}`");
            looser.push((loose, note));
        }
    }
    looser
}

/// Returns the tree with all its words, none of which must be there: fields and what is excluded stay.
fn loosened(tree: &Group) -> Group {
    let mut loose = Group { not: tree.not.clone(), ..Group::default() };
    loosen(tree, &mut loose);
    loose
}

fn loosen(group: &Group, loose: &mut Group) {
    let single = |words: &[Word], loose: &mut Group| {
        loose.should.extend(words.iter().map(|word| Node::Words(vec![word.clone()])));
    };
    for node in group.must.iter().chain(&group.should) {
        match node {
            Node::Group(inner) if !node.restricts() => loosen(inner, loose),
            Node::Phrase(words, _) => single(words, loose),
            Node::Title(inner) => match &**inner {
                Node::Words(words) | Node::Phrase(words, _) => single(words, loose),
                inner => loose.should.push(inner.clone()),
            },
            // A character may stand there without the one that it was typed with.
            Node::Words(words) if words.len() > 1 && words.iter().any(Word::is_character) => {
                single(words, loose);
            }
            node if node.restricts() => loose.must.push(node.clone()),
            node => loose.should.push(node.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{parse::parse, query::Query},
        *,
    };

    #[test]
    fn a_looser_query_keeps_its_fields_and_what_it_excludes() {
        let check = |text: &str, expected: &str| {
            let tree = parse(&Query { text: text.into(), ..Query::default() }).tree;
            assert_eq!(loosened(&tree).to_string(), expected, "{text}");
        };
        check("+meta +llama news", "meta llama news");
        check("\"agentic capabilities\" meta", "agentic capabilities meta");
        check("meta AND (llama OR gpt)", "meta llama gpt");
        check("+meta lang:de -nvidia", "lang:de meta -nvidia");
        check("meta AND NOT nvidia", "meta");
        check("agent*", "agent*");
        check("title:llama moon", "llama moon");
        check("鳄鱼", "鳄 鱼");
    }

    #[test]
    fn the_nearest_words_are_put_wherever_a_word_is_looked_for() {
        let instead = [
            ("zukerberg", vec![Word::of("zuckerberg")]),
            ("orgelregister", vec![Word::of("orgel"), Word::of("register")]),
        ];
        let check = |text: &str, expected: &str| {
            let mut tree = parse(&Query { text: text.into(), ..Query::default() }).tree;
            put(&mut tree, &instead);
            assert_eq!(tree.to_string(), expected, "{text}");
        };
        check("zukerberg llama", "zuckerberg llama");
        check("title:zukerberg", "title:zuckerberg");
        check("(zukerberg OR \"mark zukerberg\") lang:de", "lang:de (zuckerberg OR \"mark zuckerberg\")");
        check("ein orgelregister", "ein orgel register");
        check("llama -zukerberg", "llama -zukerberg");
    }
}
