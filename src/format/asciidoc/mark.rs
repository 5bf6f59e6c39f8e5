//! What a line of AsciiDoc is, by its signs.

/// Returns the name and the value of an attribute that a line sets.
pub(super) fn attribute(text: &str) -> Option<(&str, &str)> {
    let rest = text.strip_prefix(':')?;
    let (name, value) = rest.split_once(':')?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'!');
    let named = !name.is_empty() && name.len() <= 80 && name.bytes().all(plain);
    (named && (value.is_empty() || value.starts_with([' ', '\t']))).then(|| (name, value.trim()))
}

/// Says whether a line only tells what to do with others.
pub(super) fn is_directive(text: &str) -> bool {
    const NAMES: &[&str] = &[
        "include::",
        "ifdef::",
        "ifndef::",
        "ifeval::",
        "endif::",
        "toc::",
        "video::",
        "audio::",
        "image::",
        "plantuml::",
    ];
    let named = NAMES.iter().any(|name| text.starts_with(name)) && text.ends_with(']');
    named && !text.starts_with("image::")
}

/// Returns the attributes of a picture that is a block of its own.
pub(super) fn image(text: &str) -> Option<&str> {
    let (_, attributes) = text.strip_prefix("image::")?.split_once('[')?;
    attributes.strip_suffix(']')
}

/// Returns the term of a list of those, and what is told of it.
pub(super) fn term(text: &str) -> Option<(&str, &str)> {
    let at = text.find("::").or_else(|| text.find(";;"))?;
    let (term, rest) = text.split_at(at);
    let told = rest.trim_start_matches([':', ';']);
    let apart = told.is_empty() || told.starts_with([' ', '\t']);
    let marks = rest.len() - told.len();
    (apart && !term.trim().is_empty() && (2..=4).contains(&marks) && term.len() < 300)
        .then(|| (term.trim(), told.trim()))
}
