//! LaTeX: the text of papers and books, as far as it can be read without running TeX.
//!
//! Lines are the file's own. Commands that are not known are taken out and their arguments read as
//! text; those whose arguments are names or lengths are listed in [`commands`]. No other file is
//! opened.

use self::reader::Reader;
use super::{Cause, Each, Format, Input, Warnings};

mod reader;
mod commands;
mod braces;
pub(super) mod math;
pub(super) mod symbols;
mod sign;

/// The reader of LaTeX files.
pub(super) struct Latex;

impl Format for Latex {
    fn name(&self) -> &'static str {
        "latex"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["tex", "latex", "ltx"]
    }

    fn marks(&self, head: &str) -> bool {
        sign::is_signed(head)
    }

    fn read(&self, input: Input<'_>, each: &mut Each<'_>) -> Result<Warnings, Cause> {
        let label = encoding(input.bytes);
        input.article(label, each, |text, article| Reader::new(text, article).read())
    }
}

/// Returns the encoding that a file says it is written in.
fn encoding(bytes: &[u8]) -> Option<&'static str> {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(8_000)]);
    let named = |name: &str| head.contains(&format!("[{name}]{{inputenc}}"));
    let known = [
        ("latin1", "iso-8859-1"),
        ("latin2", "iso-8859-2"),
        ("latin9", "iso-8859-15"),
        ("ansinew", "windows-1252"),
        ("cp1251", "windows-1251"),
        ("cp1252", "windows-1252"),
        ("koi8-r", "koi8-r"),
        ("applemac", "macintosh"),
        ("utf8", "utf-8"),
    ];
    known.iter().find(|(name, _)| named(name)).map(|&(_, label)| label)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{
        super::{gather::assert_words_on_their_lines, print_lines, read_one, worded},
        *,
    };
    use crate::article::Article;

    fn read(text: &str) -> Article {
        read_one(&Latex, "a.tex", text)
    }

    #[test]
    fn blocks_have_their_kind_line_and_headings() {
        let check =
            |text: &str, expected: &[&str]| assert_eq!(print_lines(&read(text).sections), expected, "{text}");
        check("", &[]);
        check("one\ntwo\n\nthree\\par four", &["1 Prose : one\ntwo", "4 Prose : three", "4 Prose : four"]);
        check(
            "\\documentclass[a]{b}\n\\newcommand{\\x}{y}\nz\n\\begin{document}\na\n\\end{document}\nb",
            &["5 Prose : a"],
        );
        check(
            "\\section{A \\emph{b}}\\label{x}\na\n\\subsection*[s]{B}\nb\n\\chapter{C}\nc",
            &["2 Prose A b: a", "4 Prose A b > B: b", "6 Prose C: c"],
        );
        check(
            "\\begin{itemize}\n\\item a\n  b\n\\item[x] c\n\\begin{enumerate}\n\\item d\n\\item e\n\\end{enumerate}\n\\end{itemize}\nf",
            &["2 Item : - a\n  b", "4 Item : - x: c", "6 Item :   1. d", "7 Item :   2. e", "10 Prose : f"],
        );
        check(
            "a\n\\begin{verbatim}\n  \\b{\n c\n\\end{verbatim}\nd",
            &["1 Prose : a", "3 Code :  \\b{\nc", "6 Prose : d"],
        );
        check("\\begin{lstlisting}[language=C,\n caption=x]\na\n\\end{lstlisting}", &["3 Code : a"]);
        check(
            "\\begin{table}[ht]\n\\begin{tabular}{l|r}\n\\hline\nA & \\textbf{b} \\\\ \\hline\n1 & \\\\[2pt]\n\\multicolumn{2}{c}{x}\n\\end{tabular}\n\\caption[s]{c d}\n\\end{table}",
            &["4 Row : A | b", "5 Row : 1", "6 Row : x", "8 Prose : c d"],
        );
        check("a\\footnote{b\nc} d\ne\n\nf", &["1 Prose : a[1]\nd\ne", "1 Prose : [1] b\nc", "5 Prose : f"]);
        check("a % gone\nb\n% gone\nc\n\nd", &["1 Prose : a\nb\n\nc", "6 Prose : d"]);
        check("a\n\\begin{equation}\n x^2 = \\alpha\n\\end{equation}\nb", &["1 Prose : a\n\nx^2 = α\n\nb"]);
        check("\\begin{minted}[a]{c}\n{\n\\end{minted}\n\\emph{b}", &["2 Code : {", "4 Prose : b"]);
        check("\\begin{tikzpicture}\n\\node a;\n\\end{tikzpicture}\nb", &["4 Prose : b"]);
        check("\\begin{frame}{A}\na\n\\end{frame}", &["2 Prose A: a"]);
        check("\\begin{thebibliography}{9}\n\\bibitem[X]{x} a\n\\end{thebibliography}", &["2 Item : - a"]);
        check("\\begin{theorem}[A b]\nc\n\\end{theorem}", &["1 Prose : A b", "2 Prose : c"]);
    }

    #[test]
    fn text_is_read_without_markup() {
        let check = |text: &str, expected: &str| {
            let sections = read(text).sections;
            assert_eq!(sections.first().map_or("", |one| &one.text), expected, "{text}");
        };
        check("\\textbf{a} {\\it b} \\emph{c}d", "a b cd");
        check("a~b--c---d ``e'' `f' g's \\ldots{} h", "a b–c—d “e” ‘f' g's … h");
        check("\\'e\\\"{u}\\^\\i\\c{c}\\v s\\ss{} \\~n \\aa{}\\o", "éüîçšß ñ åø");
        check("50\\% \\& \\$5 \\_x \\#1 \\{a\\}", "50% & $5 _x #1 {a}");
        check("a \\cite[p.~3]{b} \\ref{c} \\label{d}e \\citep{f} \\vspace*{1em}g", "a e g");
        check("$x_1 \\to \\infty$, \\(a\\), \\[b\\]", "x_1 → ∞, a, b");
        check("$5 and\n\n$6", "5 and\n\n6");
        check("\\href{http://a.b}{c d} \\url{http://e.f/g%h_i}", "c d http://e.f/g%h_i");
        check("\\verb|\\a{b|c \\lstinline{d}", "\\a{bc d");
        check("\\newcommand{\\us}{Sea Club}\\us{} \\us\\ a \\def\\x#1{y}\\x{b}", "Sea Club Sea Club a b");
        check("\\foo[a=b]{c}{d} \\textcolor{red}{e} \\parbox{3cm}{f}", "c d e f");
        check("a\\\\b\\newline c\\,d \\\\[1ex] e", "a b c d e");
        check("\\input{x} a \\includegraphics[width=1cm]{y}", "a");
        check(
            "\\usepackage[ngerman]{babel}\\\"Uber \"Ubung \"`Ja\"' Staub\"=ecke",
            "Über Übung „Ja“ Staub-ecke",
        );
        check("\\tolerance=100 \\hfuzz=3.3pt a \\eqnref{b}", "a");
        let long = "ä".repeat(100);
        check(&format!("\\def\\x {long}"), &long);
        check(&format!("\\begin{{{long}"), &long);
        check("\\section", "");
        check("a { b } } c", "a b c");
        check("x\\", "x");
    }

    #[test]
    fn commands_fill_the_fields() {
        let check = |text: &str, expected: &str| {
            let Article { title, authors, date, date_source, language, tags, .. } = read(text);
            let date = date.map(|date| date.to_string()).unwrap_or_default();
            assert_eq!(
                format!("{title:?} {authors:?} {date} {date_source} {language:?} {tags:?}"),
                expected,
                "{text}"
            );
        };
        check("", "None []   None []");
        check(
            "\\usepackage[english,ngerman]{babel}\\title{A\\thanks{x} \\\\ b}\\author{Jane Doe\\\\ Sea Lab \\and John Roe$^{1}$}\\date{May 1, 2024}\\keywords{sea, moon}",
            r#"Some("A b") ["Jane Doe", "John Roe"] 2024-05-01 \date Some("de") ["sea", "moon"]"#,
        );
        check(
            "\\author[1]{Jane Doe}\\author{John Roe}\\date{\\today}",
            r#"None ["Jane Doe", "John Roe"]   None []"#,
        );
        check(
            "\\author{\\IEEEauthorblockN{Jane Doe} \\IEEEauthorblockA{Lab}\\and \\IEEEauthorblockN{John Roe}}",
            r#"None ["Jane Doe", "John Roe"]   None []"#,
        );
        check("\\documentclass[british]{a}\\usepackage{babel}", r#"None []   Some("en-GB") []"#);
        check("\\setdefaultlanguage{french}", r#"None []   Some("fr") []"#);
        check(
            "\\hypersetup{pdftitle={A b}, pdfauthor={Jane Doe}, pdfkeywords={c, d}}",
            r#"Some("A b") ["Jane Doe"]   None ["c", "d"]"#,
        );
    }

    #[test]
    fn hostile_nesting_is_read_in_time() {
        for unit in [
            "\\begin{",
            "{",
            "}",
            "\\begin{verbatim}",
            "\\begin{align}",
            "\\footnote{",
            "\\footnote{a}",
            "\\section{",
            "\\a[",
            "[",
            "$",
            "\\(",
            "\\verb",
            "\\newcommand",
            "\\title{",
            "&",
            "\\\\",
            "\\begin{itemize}",
            "\\begin{tabular}{c}",
            "\\item ",
            "\\'",
            "%",
            "``",
            "\\author{\\and",
            "\\caption{",
            "\\begin{frame}",
            "\\cite[",
            "\\footnote{\\begin{verbatim}}",
            "\\x",
        ] {
            for close in ["", "}"] {
                let count = 200_000 / (unit.len() + close.len());
                let text = unit.repeat(count) + &close.repeat(count) + "\n\nend";
                read(&text);
            }
        }
    }

    /// Pieces of LaTeX; each `@` is a word of its own.
    const PIECES: &[&str] = &[
        "@ @\n@ \\emph{@} {\\bf @\n@} ``@ @''\n\n",
        "@ \\textcolor{gone}{@} \\href{gone}{@\n@} \\cite{gone} @~@\n\n",
        "\\section{@ @}\n\\label{gone}\n@\n\n",
        "\\subsection*{@}\n@ % gone\n@\n",
        "\\begin{itemize}\n\\item @\n@\n\\item @\n\\end{itemize}\n@\n\n",
        "\\begin{enumerate}\n\\item @\n\n@\n\\end{enumerate}\n",
        "\\begin{verbatim}\n@\n\n @ @\n\\end{verbatim}\n",
        "@ \\footnote{@ @\n@} @\n@\n\n",
        "\\begin{figure}[h]\n\\includegraphics[gone]{gone}\n\\caption{@ @}\n\\end{figure}\n\n",
        "\\begin{tabular}{ll}\n@ & @ \\\\\n@ & \\textbf{@}\n\\end{tabular}\n\n",
        "@ $@ + @$ @\n\\[ @ \\]\n@\n\n",
        "\\begin{align}\n@ &= @ \\\\\n@\n\\end{align}\n",
        "\\begin{quote}\n@ \\verb|@|\n\\end{quote}\n",
        "\\newcommand{\\gone}[1]{gone}\n",
        "\n",
    ];

    proptest! {
        #[test]
        fn every_word_comes_out_once_and_on_its_line(pieces in prop::collection::vec(0..PIECES.len(), 0..12)) {
            let text = worded(&pieces.iter().map(|&piece| PIECES[piece]).collect::<String>());
            let sections = read(&text).sections;
            assert_words_on_their_lines(&text, &sections);
            let printed = print_lines(&sections).concat();
            prop_assert!(!printed.contains("gone"), "{}", printed);
        }

        #[test]
        fn any_text_is_read(text in "([-#>*_=~|+0-9.:\\[\\]()!<>/&;a@{}$^`'\" \n\t\\\\é%]|\\\\(begin|end)\\{(verbatim|tabular|itemize|frame|align|document)\\}|\\\\(item|footnote|section|title|author|verb|def|newcommand|caption|multicolumn|url|c)){0,60}") {
            let _ = read(&text);
        }
    }
}
