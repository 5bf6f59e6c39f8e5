use proptest::prelude::*;

use super::*;

/// Reads steps, one a line: `p`, `h1`, `i0`, `c` end a paragraph of what follows them; the others
/// are named as what they call.
fn read(steps: &str) -> Vec<String> {
    let mut manuscript = Manuscript::default();
    let mut open = Vec::new();
    for step in steps.split('/').map(str::trim) {
        let (name, text) = step.split_once(' ').unwrap_or((step, ""));
        if !matches!(name, "note" | "box" | "comment" | "hide") {
            manuscript.text(text);
        }
        match name {
            "p" => manuscript.end(&Shape::Prose),
            "t" => manuscript.end(&Shape::Title),
            "h1" => manuscript.end(&Shape::Heading(1)),
            "h2" => manuscript.end(&Shape::Heading(2)),
            "i0" => manuscript.end(&Shape::Item(0, Some("-".into()))),
            "i1" => manuscript.end(&Shape::Item(1, Some("1.".into()))),
            "i+" => manuscript.end(&Shape::Item(0, None)),
            "c" => manuscript.end(&Shape::Code),
            "table" => manuscript.begin_table(),
            "cell" => manuscript.end_cell(),
            "row" => manuscript.end_row(),
            "end" => manuscript.end_table(),
            "note" | "box" => {
                manuscript.open();
                manuscript.text(text);
                open.push(name);
            }
            "close" => {
                let pieces = manuscript.close();
                match open.pop() {
                    Some("note") => manuscript.note(pieces),
                    Some(_) => manuscript.boxed(pieces),
                    None => {}
                }
            }
            "hide" => manuscript.hidden(text),
            "slide" => manuscript.slide(7),
            "comment" => {
                manuscript.open();
                manuscript.text(text);
                let pieces = manuscript.close();
                manuscript.comment("Ann", pieces);
            }
            _ => {}
        }
    }
    let title = manuscript.title();
    let mut printed: Vec<String> = title.map(|title| format!("title {title}")).into_iter().collect();
    for section in manuscript.finish() {
        for (block, text) in section.texts() {
            let text = text.trim_end_matches('\n').replace('\n', "\\");
            printed.push(format!("{:?} {}: {text}", block.kind, section.headings.join(">")));
        }
    }
    printed
}

#[test]
fn what_goes_in_comes_out_where_it_belongs() {
    let check = |steps: &str, expected: &[&str]| assert_eq!(read(steps), expected, "{steps}");
    check("p a  b/h1 C/p d", &["Prose : a b", "Prose C: d"]);
    check("t A/t B/p c/t D/p e", &["title A B", "Prose : c", "Prose D: e"]);
    let long = "long ".repeat(60);
    check(&format!("t A/t {long}/p b"), &["title A", &format!("Prose : {}", long.trim()), "Prose : b"]);
    check("i0 a/i1 b/i+ c/i0 ", &["Item : - a", "Item :   1. b", "Item :   c"]);
    check("c a\tb/c/c   c/p d", &["Code : a\tb\\\\  c", "Prose : d"]);
    check("table/p a/cell/p b/p c/cell/row/cell d/cell/end", &["Row : a | b c", "Row : d"]);
    check("table/cell/cell b/cell/cell d/row/end", &["Row : | b | | d"]);
    check("table/p a/h1 B/p c/cell/row/end/p d", &["Prose : a", "Prose B: c", "Prose B: d"]);
    check("table/cell a/table/cell b/cell c/row/end/cell/row/end", &["Prose : a", "Row : b | c"]);
    check(
        "h1 A/x b/note c/p/p d/close/p e/p f/h2 G/p h",
        &["Prose A: b[1]e", "Prose A: f", "Prose A: [1] c", "Prose A: d", "Prose A>G: h"],
    );
    check(
        "x a/hide b/p c/hide d/p/comment e/p f",
        &[
            "Prose : ac",
            "Prose : f",
            "Prose Comments: Ann: e",
            "Prose Hidden text: b",
            "Prose Hidden text: d",
        ],
    );
    check("x A/note b/close/h1/p c", &["Prose A: c", "Prose A: [1] b"]);
    check("x a/box b/p c/close/p d", &["Prose : ad", "Prose : bc"]);
    check("table/x a/box b/close/cell/x c/cell/end", &["Row : a b | c"]);
    check("p a/comment b/p c", &["Prose : a", "Prose : c", "Prose Comments: Ann: b"]);
    check("h1 A/slide/p b", &["Prose : A", "Prose : b"]);
    check("close/end/row/cell/x a/note b/close/table/x c", &["Prose : a[1]", "Prose : c", "Prose : [1] b"]);
    check("x a/note b/table/x c", &["Prose : a", "Prose : b", "Prose : c"]);
}

#[test]
fn hostile_nesting_is_read_in_time() {
    for step in ["table/cell a/", "box a/", "box a/table/", "note a/"] {
        let steps = step.repeat(50_000) + "p last";
        assert!(read(&steps).iter().any(|line| line.contains("last")), "{step}");
    }
}

proptest! {
    #[test]
    fn every_word_comes_out_once(steps in prop::collection::vec("[pthcix]|i0|h1|h2|table|cell|row|end|box|note|close|slide|comment", 0..40)) {
        let steps: Vec<String> = steps.iter().enumerate().map(|(at, name)| format!("{name} w{at}w")).collect();
        let printed = read(&steps.join(" /"));
        let joined = printed.join("\n");
        for step in &steps {
            let (name, word) = step.split_once(' ').expect("it has a word");
            // A heading stands over every block below it.
            let found = joined.matches(word).count();
            let heading = matches!(name, "h1" | "h2" | "t") || found > 1;
            prop_assert!(if heading { found >= 1 } else { found == 1 }, "{word} in\n{steps:?}\n{joined}");
        }
    }
}
