//! Formulas as far as they can be read: letters, operators, and the signs of the usual commands.

use super::symbols::{FUNCTIONS, symbol};

/// Commands whose argument is no part of the formula.
const DROPPED: &[&str] = &[
    "label", "begin", "end", "hspace", "vspace", "color", "tag", "ref", "eqref", "cite", "phantom", "mbox ",
];

/// Returns a formula without its markup; its line breaks stay.
pub(in crate::format) fn math(formula: &str) -> String {
    let mut out = String::with_capacity(formula.len());
    let mut rest = formula;
    // Braces of the first argument of a fraction: a stroke follows where they close.
    let mut depth = 0_usize;
    let mut fractions: Vec<usize> = Vec::new();
    while let Some(first) = rest.chars().next() {
        rest = &rest[first.len_utf8()..];
        match first {
            '\\' => {
                let length = rest.bytes().take_while(u8::is_ascii_alphabetic).count();
                let Some(next) = rest.chars().next() else { break };
                let name = &rest[..if length == 0 { next.len_utf8() } else { length }];
                if next == '\n' {
                    continue;
                }
                rest = &rest[name.len()..];
                match name {
                    "frac" | "dfrac" | "tfrac" | "cfrac" if rest.trim_start().starts_with('{') => {
                        fractions.push(depth);
                    }
                    "sqrt" => out.push('√'),
                    "{" | "}" | "%" | "&" | "#" | "$" | "_" => out.push_str(name),
                    "|" => out.push('‖'),
                    "\\" | "," | ";" | ":" | " " | ">" => out.push(' '),
                    _ if DROPPED.contains(&name) => {
                        if rest.starts_with('{')
                            && let Some(end) = rest.bytes().take(200).position(|byte| byte == b'}')
                        {
                            rest = &rest[end + 1..];
                        }
                    }
                    _ => {
                        let word = FUNCTIONS.contains(&name);
                        if word && out.ends_with(char::is_alphanumeric) {
                            out.push(' ');
                        }
                        out.push_str(if word { name } else { symbol(name).unwrap_or(" ") });
                        if word && rest.starts_with(|next: char| next.is_alphanumeric()) {
                            out.push(' ');
                        }
                    }
                }
            }
            '{' => depth += 1,
            '}' => {
                depth = depth.saturating_sub(1);
                if fractions.pop_if(|fraction| *fraction == depth).is_some() {
                    out.push('/');
                }
            }
            '%' => {
                let end = rest.find('\n').unwrap_or(rest.len());
                rest = &rest[end..];
            }
            '&' | '~' | '$' => out.push(' '),
            '\'' => out.push('′'),
            _ => out.push(first),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_read_as_far_as_they_can_be() {
        let check = |formula: &str, expected: &str| {
            let read = math(formula);
            assert_eq!(read.split_whitespace().collect::<Vec<_>>().join(" "), expected, "{formula}");
        };
        check("x^2 + y_{i,j} = z", "x^2 + y_i,j = z");
        check(r"\alpha \to \infty", "α → ∞");
        check(r"\frac{a+b}{\frac{c}{d}} \leq \sqrt{2}", "a+b/c/d ≤ √2");
        check(r"\sin x + 2\log n", "sin x + 2 log n");
        check(r"\mathbf{v} \text{ for all } n", "v for all n");
        check(r"a &= b \label{eq:x} \\ &\ge c % gone", "a = b ≥ c");
        check(r"\left\{ x' \right\}", "{ x′ }");
        check("\\", "");
    }
}
