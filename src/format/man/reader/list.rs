//! Lists: paragraphs with tags in man, and those of mdoc.

use super::{List, Reader};

impl<'a> Reader<'a> {
    /// Begins a paragraph with a tag before it.
    pub(super) fn paragraph(&mut self, tag: Option<&str>) {
        self.end_code();
        let (depth, number) = (self.depth, self.number());
        let tag = tag.map(str::trim).filter(|tag| !tag.is_empty());
        match tag {
            None => {
                self.gather.end();
                // An indented paragraph outside a list is one like any other.
                return;
            }
            Some("•" | "-" | "*" | "o" | "·" | "+" | "—" | "–" | "○" | "□") => {
                self.gather.item(depth, "-", number)
            }
            Some(tag) => {
                let digits = tag.trim_matches(['(', '[', ')', ']', '.']);
                if !digits.is_empty() && digits.len() < 4 && digits.bytes().all(|byte| byte.is_ascii_digit())
                {
                    self.gather.item(depth, &format!("{digits}."), number);
                } else {
                    self.gather.item(depth, "-", number);
                    self.gather.write(tag, number);
                }
            }
        }
        self.in_list = true;
    }

    /// Reads the macros of mdoc's lists.
    pub(super) fn list(&mut self, name: &str, rest: &str) {
        self.end_code();
        self.gather.end();
        let number = self.number();
        match name {
            "Bl" => {
                let kind = match rest {
                    _ if rest.contains("-enum") => List::Numbered,
                    _ if rest.contains("-column") => List::Columns,
                    _ if rest.contains("-bullet")
                        || rest.contains("-dash")
                        || rest.contains("-item")
                        || rest.contains("-hyphen") =>
                    {
                        List::Bullet
                    }
                    _ => List::Tagged,
                };
                if self.lists.len() < 100 {
                    self.lists.push((kind, 1));
                }
            }
            "El" => {
                self.lists.pop();
            }
            _ => {
                let depth = self.item_depth();
                let Some((kind, count)) = self.lists.last_mut() else {
                    self.gather.item(0, "-", number);
                    return;
                };
                let kind = *kind;
                if kind == List::Columns {
                    let cells: Vec<String> = rest
                        .split('\t')
                        .flat_map(|part| part.split(" Ta "))
                        .map(|cell| self.semantic(&self.words(cell)))
                        .collect();
                    return self.gather.row(&cells, number);
                }
                let mark = if kind == List::Numbered { format!("{count}.") } else { "-".to_owned() };
                *count += 1;
                self.gather.item(depth, &mark, number);
                if kind == List::Tagged {
                    let text = self.semantic(&self.words(rest));
                    self.gather.write(&text, number);
                }
            }
        }
    }
}
