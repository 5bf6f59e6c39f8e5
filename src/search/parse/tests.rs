use proptest::prelude::*;

use super::*;

/// A Thursday.
const TODAY: Date = Date { year: 2025, month: Some(1), day: Some(30) };

fn read(text: &str) -> Parsed {
    parse(&Query { text: text.into(), today: Some(TODAY), ..Query::default() })
}

/// Expects a text to be understood as another, with so many notes, and that other as itself.
fn check(text: &str, expected: &str, notes: usize) {
    let parsed = read(text);
    assert_eq!(parsed.tree.to_string(), expected, "{text}");
    assert_eq!(read(expected).tree, parsed.tree, "{text}");
    assert_eq!(parsed.notes.len(), notes, "{text}: {:?}", parsed.notes);
}

#[test]
fn queries_are_read_as_the_manual_says() {
    check("llama agentic", "llama agentic", 0);
    check("\"agentic capabilities\"", "\"agentic capabilities\"", 0);
    check("\"llama agentic\"~5", "\"llama agentic\"~5", 0);
    check("+meta -nvidia", "+meta -nvidia", 0);
    check("meta OR openai", "(meta OR openai)", 0);
    check("meta AND openai", "(+meta +openai)", 0);
    check("meta AND NOT openai", "(+meta -openai)", 0);
    check("a AND b OR c d", "((+a +b) OR c) d", 0);
    check("(meta OR openai) +llama", "+llama (meta OR openai)", 0);
    check("-(a b)", "-(a OR b)", 0);
    check("GPT-4 don't", "GPT-4 don-t", 0);
    check("one, two", "one, two", 0);
    check("人工智能 AI很好", "人工智能 AI很好", 0);
    check("https://example.org/a", "https-example-org-a", 0);
    check("foo:bar", "foo-bar", 0);
    check("C++ C#", "C++ C#", 0);
    check("NATO OR EU", "(NATO OR EU)", 0);
    check("\0 a\0b", "a-b", 0);
    check("- + ~ * ( )", "", 0);
    check("", "", 0);
}

#[test]
fn operators_are_read_as_people_type_them() {
    check("a && b || c", "((+a +b) OR c)", 0);
    check("a&&b", "(+a +b)", 0);
    check("a||-b", "(a OR (-b))", 0);
    check("!a b", "b -a", 0);
    check("!(a b) c", "c -(a OR b)", 0);
    check("Hello! World", "Hello, World", 0);
    check("NOT a", "-a", 0);
    check("a NOT NOT b", "a -b", 0);
    check("AT&T R&D", "AT-T R-D", 0);
    check("（a OR b） －c", "(a OR b) -c", 0);
    check("TALKS AND A TREATY OR WHAT CAME OF THEM", "TALKS 'AND' A TREATY 'OR' WHAT CAME OF THEM", 0);
    check("A || (B && C D E F G H)", "(A || ((+B +C) || D || E || F || G || H))", 0);
}

#[test]
fn quotation_marks_of_many_languages_are_read() {
    for text in ["“a b”", "„a b“", "«a b»", "»a b«", "”a b”", "「a b」", "『a b』", "＂a b＂", "〝a b〟"]
    {
        check(text, "\"a b\"", 0);
    }
    check("「a\"b」", "\"a b\"", 0);
    check("title:“a b”", "title:\"a b\"", 0);
    check("title：a", "title:a", 0);
    check("a\u{3000}b", "a b", 0);
    check("it’s 5’10", "it-s 5-10", 0);
}

#[test]
fn a_word_may_stand_for_others() {
    check("agent*", "agent*", 0);
    check("Agent＊,", "agent*", 0);
    check("GPT-4*", "/gpt-4.*/", 0);
    check("*berg", "/.*berg/", 0);
    check("zu*berg", "/zu.*berg/", 0);
    check("New*-York", "/new.*-york/", 0);
    check("人工*", "/人-工.*/", 0);
    check("2*3 **bold**", "2-3 bold", 0);
    check("zukerberg~", "zukerberg~2", 0);
    check("Llama~, gpts～", "llama~1 gpts~1", 0);
    check("zukerberg~1", "zukerberg~1", 0);
    check("zukerberg~0", "\"zukerberg\"", 0);
    check("zukerberg~7", "zukerberg~2", 1);
    check("ab~", "ab", 1);
    check("New-York~2", "New-York", 1);
    check("5~10", "5-10", 1);
    check("~50", "50", 0);
    check(&format!("{}~", "a".repeat(50)), &"a".repeat(50), 1);
    check("½*", "½", 0);
    check("/gpt-[45]/", "/gpt-[45]/", 0);
    check(r"/a\/b/ x", r"/a\/b/ x", 0);
    check("(/(a|b)c/)", "/(a|b)c/", 0);
    check("/usr/bin/ls /usr/ a/b", "usr-bin-ls /usr/ a-b", 0);
    check("/[a/", "a", 1);
    check("/a b/", "a b", 1);
    check("a / b / c", "a b c", 0);
    check(&"a* ".repeat(20), &format!("{} a a a a", ["a*"; 16].join(" ")), 1);
}

#[test]
fn fields_restrict() {
    check("title:llama news", "title:llama news", 0);
    check("title:\"llama four\"", "title:\"llama four\"", 0);
    check("title:\"llama four\"~3", "title:\"llama four\"~3", 0);
    check("title:GPT-4", "title:GPT-4", 0);
    check("title:agent* title:lama~ title:/gpt.*/", "title:agent* title:lama~1 title:/gpt.*/", 0);
    check("title:(llama OR gpt)", "(title:llama OR title:gpt)", 0);
    check("title:(llama gpt)", "(title:llama title:gpt)", 0);
    check("title:(\"a b\" -c*)", "(title:\"a b\" -title:c*)", 0);
    check("title:AND", "title:'AND'", 0);
    check("-title:a", "-title:a", 0);
    check("lang:de OR lang:fr x", "(lang:de OR lang:fr) x", 0);
    check("lang:DE,fr", "lang:de,fr", 0);
    check("lang:(de OR fr)", "(lang:de OR lang:fr)", 0);
    check("lang:(de fr)", "(lang:de OR lang:fr)", 0);
    check("lang:de, fr", "lang:de fr", 0);
    check("format:md,.html", "format:markdown,html", 0);
    check("format:wordstar", "format:wordstar", 1);
    check("tag:\"a, b\",c", "tag:\"a, b\",c", 0);
    check("tag:c++", "tag:\"c++\"", 0);
    check("tag:(a b)", "(tag:a tag:b)", 0);
    check("site:https://kitchen.example.org/bread,b.org", "site:kitchen.example.org,b.org", 0);
    check("site:℀b", "site:a", 0);
    check("author:\"Ada Lovelace\",turing", "author:\"Ada Lovelace\",turing", 0);
    check("author:(\"Ada Lovelace\" OR turing)", "(author:\"Ada Lovelace\" OR author:turing)", 0);
    check("path:news/2025", "path:\"news 2025\"", 0);
    check("tag:met*", "tag:met", 1);
    check("lang:!!", "", 1);
    check("title:", "title", 1);
    check("lang:(」)", "", 1);
}

#[test]
fn days_are_read_in_the_forms_people_type() {
    check("date:2025", "date:2025", 0);
    check("date:2025-01..2025-03", "date:2025-01..2025-03", 0);
    check("after:2025-01-15 before:2025-02", "after:2025-01-15 before:2025-02", 0);
    check("date:>2024, x", "after:2025 x", 0);
    check("date:30.1.2025", "date:2025-01-30", 0);
    check("date:\"January 30, 2025\"", "date:2025-01-30", 0);
    check("date:yesterday", "date:2025-01-29", 0);
    check("after:\"last week\"", "after:2025-01-20", 0);
    check("after:7d", "after:2025-01-23", 0);
    check("date:(2024 OR \"last week\")", "(date:2024 OR date:2025-01-20..2025-01-26)", 0);
    check("date:soon", "soon", 1);
    check("-date:soon x", "x -soon", 1);
    let parsed = parse(&Query { text: "after:7d x".into(), ..Query::default() });
    assert_eq!(parsed.tree.to_string(), "7d x");
    assert_eq!(parsed.notes, ["`7d` at character 7 was read as words: which day is today is not known here"]);
}

#[test]
fn what_is_odd_is_read_as_words_and_noted() {
    let check = |text: &str, expected: &str, notes: &[&str]| {
        let parsed = read(text);
        assert_eq!(parsed.tree.to_string(), expected, "{text}");
        assert_eq!(parsed.notes, notes, "{text}");
    };
    check("AND", "'AND'", &["`AND` joins nothing here: read as a word"]);
    check(
        "OR meta AND",
        "'OR' meta 'AND'",
        &[
            "`OR` at character 1 joins nothing here: read as a word",
            "`AND` at character 9 joins nothing here: read as a word",
        ],
    );
    check("a &&", "a", &["`&&` at character 3 joins nothing and was passed over"]);
    check("(a OR) b", "a b", &["before `)` at character 6 an operator joins nothing"]);
    check(
        "\"unclosed phrase",
        "unclosed phrase",
        &["the quotation mark `\"` at character 1 is not closed: what follows is read as words"],
    );
    check("((a)", "a", &["`(` at character 1 is not closed"]);
    check("-(a b", "-(a OR b)", &["`(` at character 2 is not closed"]);
    check("a)", "a", &["`)` at character 2 closes nothing"]);
    check(
        "\"a b\"~ c",
        "\"a b\" c",
        &["`~` at character 6 behind a phrase wants a number, as in `\"a b\"~5`"],
    );
    check(
        "\"a*\"",
        "\"a\"",
        &["`a*` at character 2 is looked for as it stands: `*` means nothing in quotation marks"],
    );
    check("/(a/", "a", &["`/(a/` was read as words, not as a pattern: unclosed group"]);
    check("tag: x", "tag x", &["`tag:` at character 1 says no value: read as a word"]);
    let formats: Vec<&str> = crate::format::FORMATS.iter().map(|format| format.name()).collect();
    let unread = format!(
        "`format:doc` at character 1 names a format that is not read; those that are: {}",
        formats.join(", ")
    );
    check("format:doc x", "format:doc x", &[&unread]);
}

#[test]
fn words_may_be_asked_for_exactly() {
    let check = |text: &str, expected: &str| {
        let parsed = parse(&Query { text: text.into(), exact: true, ..Query::default() });
        assert_eq!(parsed.tree.to_string(), expected, "{text}");
    };
    check("running GPT-4 -shoes", "\"running\" \"GPT 4\" -\"shoes\"");
    check("title:running agent* lama~", "title:\"running\" agent* lama~1");
}

#[test]
fn no_more_than_sixteen_parts_stand_for_other_words() {
    let shapes = |text: &str| {
        let mut shapes = 0;
        read(text).tree.each_shape(&mut |_| shapes += 1);
        (shapes, read(text).notes.len())
    };
    let pattern = |pieces: usize| format!("/{}/", vec!["a.*b"; pieces].join("-"));
    assert_eq!(shapes(&vec![pattern(1); 16].join(" ")), (16, 0));
    assert_eq!(shapes(&vec![pattern(1); 17].join(" ")), (16, 1));
    assert_eq!(shapes(&pattern(16)), (1, 0));
    assert_eq!(shapes(&pattern(17)), (0, 1));
    assert_eq!(shapes(&format!("{} {}", pattern(9), pattern(8))), (1, 1));
}

#[test]
fn endless_nesting_and_long_text_are_bounded() {
    let deep = "(".repeat(100_000);
    assert!(!read(&deep).notes.is_empty());
    assert!(!read(&format!("{deep}a{}", ")".repeat(100_000))).notes.is_empty());
    let long = read(&"word ".repeat(200_000));
    assert_eq!(long.tree.should.len(), MOST_WORDS);
    let nested = (0..40).fold(String::from("z"), |inner, _| format!("(a AND {inner} OR b c)"));
    let parsed = read(&nested);
    check(&nested, &parsed.tree.to_string(), 2);
    assert_eq!(parsed.notes[1], "what is nested too deeply was read side by side");
}

#[test]
fn a_megabyte_of_anything_is_read() {
    for piece in [
        "(",
        ")",
        "\"",
        "“",
        "「",
        "-(",
        "+",
        "a AND ",
        "AND ",
        "NOT ",
        "OR OR ",
        "~",
        "a~ ",
        "a* ",
        "*",
        "/",
        "/(",
        "/a ",
        "/a/ ",
        "/[/ ",
        r"/\",
        "title:(",
        "title:",
        "title:\"",
        "author:\"a\",",
        "author:a,",
        "lang:(",
        "date:",
        "date:(",
        "a\"b ",
        "|| ",
        "&&",
        "a&&",
        "!",
        "!(",
        "a,",
        "a-",
        "人",
        "\u{301}",
        "'",
        "：",
        "\0",
        "\n",
    ] {
        let text = piece.repeat((1 << 20) / piece.len());
        let parsed = read(&text);
        assert!(parsed.notes.len() <= 16, "{piece}: {:?}", parsed.notes);
        let written = parsed.tree.to_string();
        assert!(written.len() < 1 << 20, "{piece}");
        assert_eq!(read(&written).tree, parsed.tree, "{piece}");
    }
}

proptest! {
    #[test]
    fn any_text_is_read_and_written_and_read_the_same(
        text in "(\\PC|[ ()+*~/:\"!&|,.\\\\'“「」-]|AND |OR |NOT |a|b-|[A-Z] |title:|date:|lang:|author:|tag:|2025|7d|\\(){0,40}",
    ) {
        let parsed = read(&text);
        let written = parsed.tree.to_string();
        prop_assert_eq!(read(&written).tree, parsed.tree, "{}", written);
    }
}
