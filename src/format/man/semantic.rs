//! The macros of mdoc, which say what a word is, as the words they print.

/// Macros that may stand between the words of a line, and only say what those are.
const PLAIN: &[&str] = &[
    "Ad", "An", "Ar", "Cd", "Cm", "Dv", "Em", "Er", "Ev", "Fa", "Ft", "Ic", "Li", "Ms", "No", "Pa", "Sx",
    "Sy", "Tn", "Va", "Vt", "St", "Lb", "Mt", "Hf", "Cx", "Fr", "Me", "%A", "%B", "%C", "%D", "%I", "%J",
    "%N", "%O", "%P", "%Q", "%R", "%T", "%U", "%V", "Xo", "Xc", "Nd", "Nm", "Fl", "Fn", "Xr", "In", "Lk",
    "Op", "Ns", "Pf", "Ap", "Os",
];

/// Macros that put signs around the rest of their line.
const AROUND: &[(&str, &str, &str)] = &[
    ("Op", "[", "]"),
    ("Aq", "<", ">"),
    ("Bq", "[", "]"),
    ("Brq", "{", "}"),
    ("Dq", "“", "”"),
    ("Sq", "‘", "’"),
    ("Ql", "‘", "’"),
    ("Pq", "(", ")"),
    ("Qq", "\"", "\""),
];

/// Macros that print a sign.
const SIGNS: &[(&str, &str)] = &[
    ("Oo", "["),
    ("Oc", "]"),
    ("Ao", "<"),
    ("Ac", ">"),
    ("Bo", "["),
    ("Bc", "]"),
    ("Bro", "{"),
    ("Brc", "}"),
    ("Do", "“"),
    ("Dc", "”"),
    ("So", "‘"),
    ("Sc", "’"),
    ("Po", "("),
    ("Pc", ")"),
    ("Qo", "\""),
    ("Qc", "\""),
    ("Bx", "BSD"),
    ("Bsx", "BSD/OS"),
    ("Nx", "NetBSD"),
    ("Fx", "FreeBSD"),
    ("Ox", "OpenBSD"),
    ("Dx", "DragonFly"),
    ("Ux", "UNIX"),
    ("At", "AT&T UNIX"),
];

/// Says whether a word is a macro that may stand in a line.
pub(super) fn is_macro(word: &str) -> bool {
    PLAIN.contains(&word) || AROUND.iter().any(|one| one.0 == word) || SIGNS.iter().any(|one| one.0 == word)
}

/// Returns the text that a line of macros and words prints; `name` is that of the page.
pub(super) fn line(words: &[String], name: &str) -> String {
    let mut out = Line::default();
    let mut at = 0;
    while let Some(word) = words.get(at) {
        at += 1;
        if !is_macro(word) {
            out.word(word);
            continue;
        }
        let more = words[at..].iter().take_while(|word| !is_macro(word)).count();
        let arguments = &words[at..at + more];
        match word.as_str() {
            "Fl" if arguments.iter().all(|one| is_closing(one)) => out.word("-"),
            "Fl" => {
                for word in arguments {
                    at += 1;
                    if is_closing(word) || is_opening(word) {
                        out.word(word)
                    } else {
                        out.word(&format!("-{word}"))
                    }
                }
            }
            "Ar" if arguments.iter().all(|one| is_closing(one)) => out.word("file ..."),
            "Nm" if arguments.iter().all(|one| is_closing(one)) => out.word(name),
            "Nd" => out.word("–"),
            "Ns" => out.tight = true,
            "Ap" => {
                out.tight = true;
                out.word("'");
                out.tight = true;
            }
            "Pf" => {
                if let Some(prefix) = words.get(at) {
                    at += 1;
                    out.word(prefix);
                    out.tight = true;
                }
            }
            "Xr" if !arguments.is_empty() => {
                let section = arguments.get(1).filter(|section| !is_closing(section));
                at += 1 + usize::from(section.is_some());
                out.word(
                    &section.map_or_else(
                        || arguments[0].clone(),
                        |section| format!("{}({section})", arguments[0]),
                    ),
                );
            }
            "Fn" if !arguments.is_empty() => {
                let inner: Vec<&str> =
                    arguments[1..].iter().take_while(|word| !is_closing(word)).map(String::as_str).collect();
                at += 1 + inner.len();
                out.word(&format!("{}({})", arguments[0], inner.join(", ")));
            }
            "In" if !arguments.is_empty() => {
                at += 1;
                out.word(&format!("<{}>", arguments[0]));
            }
            // The text of a link goes before its address.
            "Lk" if arguments.len() > 1 && !is_closing(&arguments[1]) => {
                at += 1;
            }
            other => {
                if let Some((_, open, close)) = AROUND.iter().find(|one| one.0 == other) {
                    out.word(open);
                    out.tight = true;
                    out.closers.push(close);
                } else if let Some((_, sign)) = SIGNS.iter().find(|one| one.0 == other) {
                    out.sign(other, sign);
                }
            }
        }
    }
    out.finish()
}

fn is_closing(word: &str) -> bool {
    matches!(word, "." | "," | ":" | ";" | ")" | "]" | "?" | "!")
}

fn is_opening(word: &str) -> bool {
    matches!(word, "(" | "[")
}

#[derive(Default)]
struct Line {
    text: String,
    /// Whether the next word follows without a space.
    tight: bool,
    /// What closes at the end of the line, the outermost first.
    closers: Vec<&'static str>,
    /// Stops at the end of the line, which stand behind what closes there.
    stops: String,
}

impl Line {
    fn word(&mut self, word: &str) {
        if is_closing(word) {
            self.stops.push_str(word);
            return;
        }
        self.flush();
        if !self.tight && !self.text.is_empty() {
            self.text.push(' ');
        }
        self.text.push_str(word);
        self.tight = is_opening(word);
    }

    fn sign(&mut self, name: &str, sign: &str) {
        let closes = name.ends_with('c');
        self.tight |= closes;
        self.word(if closes { "" } else { sign });
        if closes {
            self.text.push_str(sign);
        }
        self.tight = name.ends_with('o');
    }

    /// Writes stops that turned out not to stand at the end.
    fn flush(&mut self) {
        let stops = std::mem::take(&mut self.stops);
        self.text.push_str(&stops);
    }

    fn finish(mut self) -> String {
        while let Some(close) = self.closers.pop() {
            self.text.push_str(close);
        }
        self.flush();
        self.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn macros_print_their_words() {
        let check = |text: &str, expected: &str| {
            let words: Vec<String> = text.split_whitespace().map(String::from).collect();
            assert_eq!(line(&words, "cat"), expected, "{text}");
        };
        check("Nm Op Fl ab Op Ar file", "cat [-ab [file]]");
        check("Xr ls 1 ,", "ls(1),");
        check("Fl a , Fl b", "-a, -b");
        check("Pq Xr ls 1 .", "(ls(1)).");
        check("Fn open path flags .", "open(path, flags).");
        check("Ar", "file ...");
        check("Oo Fl a Oc", "[-a]");
        check("Dq Em late tide .", "“late tide”.");
        check("Pa /etc Ns Ar x", "/etcx");
        check("Nd shows a file", "– shows a file");
    }
}
