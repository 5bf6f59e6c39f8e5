//! What stands in a cue beside its words: how they look, where on the picture, who says them.

use crate::format::line;

/// A part of a line that one person says.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Said {
    /// Who says it, where a tag names them.
    pub speaker: Option<String>,
    /// The words.
    pub text: String,
}

/// Parts a line where the speaker changes, and takes its marks off.
pub(super) fn parts(line: &str) -> Vec<Said> {
    let mut parts = vec![Said::default()];
    let mut rest = line;
    while let Some(at) = rest.find(['<', '{', '&']) {
        write(&mut parts, &rest[..at]);
        rest = &rest[at..];
        let mark = match rest.as_bytes()[0] {
            b'<' => tag(rest),
            b'{' => place(rest),
            _ => entity(rest),
        };
        match mark {
            Some((Mark::Speaker(name), end)) => {
                parts.push(Said { speaker: Some(name), text: String::new() });
                rest = &rest[end..];
            }
            Some((Mark::Char(char), end)) => {
                write(&mut parts, char.encode_utf8(&mut [0; 4]));
                rest = &rest[end..];
            }
            Some((Mark::Nothing, end)) => rest = &rest[end..],
            None => {
                write(&mut parts, &rest[..1]);
                rest = &rest[1..];
            }
        }
    }
    write(&mut parts, rest);
    for part in &mut parts {
        part.text = line::of(&part.text);
    }
    parts.retain(|part| !part.text.is_empty());
    parts
}

fn write(parts: &mut [Said], text: &str) {
    if let Some(last) = parts.last_mut() {
        last.text.push_str(text);
    }
}

/// What a mark stands for.
enum Mark {
    Nothing,
    Char(char),
    Speaker(String),
}

/// Bytes of the longest mark.
const LONGEST: usize = 200;

/// Reads a tag, such as `<i>`, `</c>`, `<00:00:01.000>` or `<v.loud Ann>`; returns where it ends.
fn tag(text: &str) -> Option<(Mark, usize)> {
    let end = text.bytes().take(LONGEST).position(|byte| byte == b'>')?;
    let inner = &text[1..end];
    let name = inner.strip_prefix('/').unwrap_or(inner);
    let is_time =
        inner.contains(':') && inner.bytes().all(|byte| byte.is_ascii_digit() || b":.".contains(&byte));
    if !is_time && !name.starts_with(|char: char| char.is_ascii_alphabetic()) {
        return None;
    }
    let (name, speaker) = name.split_once(char::is_whitespace).unwrap_or((name, ""));
    let is_voice = !inner.starts_with('/') && name.split('.').next() == Some("v");
    let speaker = line::of(speaker);
    let mark = if is_voice && !speaker.is_empty() { Mark::Speaker(speaker) } else { Mark::Nothing };
    Some((mark, end + 1))
}

/// Reads what says where a line stands or how it looks, such as `{\an8}` or `{y:i}`.
fn place(text: &str) -> Option<(Mark, usize)> {
    let end = text.bytes().take(LONGEST).position(|byte| byte == b'}')?;
    let inner = &text.as_bytes()[1..end];
    let known = inner.first() == Some(&b'\\')
        || inner.len() > 2 && inner[1] == b':' && inner[0].is_ascii_alphabetic();
    known.then_some((Mark::Nothing, end + 1))
}

/// Reads an entity: WebVTT knows these names, and numbers.
fn entity(text: &str) -> Option<(Mark, usize)> {
    let end = text.bytes().take(12).position(|byte| byte == b';')?;
    let char = match &text[1..end] {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "nbsp" => '\u{a0}',
        "quot" => '"',
        "apos" => '\'',
        "lrm" | "rlm" => return Some((Mark::Nothing, end + 1)),
        name => {
            let number = name.strip_prefix('#')?;
            let hex = number.strip_prefix(['x', 'X']).map(|digits| u32::from_str_radix(digits, 16));
            let code = hex.unwrap_or_else(|| number.parse()).ok()?;
            char::from_u32(code).filter(|char| !char.is_control())?
        }
    };
    Some((Mark::Char(char), end + 1))
}
