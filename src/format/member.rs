//! A file inside another one: an entry of an archive, what is compressed, an attachment.

use std::io::Read;

use super::{Cause, Each, Extent, FIRST_PART, Flow, Input, Nest, Rest, Warnings, faults::Faults};
use crate::article::Article;

/// Bytes by which the format is told before more is read.
const HEAD: u64 = 64 << 10;

/// Reads a file inside another one, in the format that its name or its first bytes tell. Returns none
/// where no reader takes it.
///
/// # Errors
/// Says why nothing could be read.
pub(super) fn read(
    name: &str,
    from: impl Read,
    nest: Nest<'_>,
    each: &mut Each<'_>,
) -> Result<Option<Warnings>, Cause> {
    let nest = nest.inner()?;
    let mut from = nest.unpack(from);
    let mut bytes = Vec::new();
    let mut broken = from.by_ref().take(HEAD).read_to_end(&mut bytes).err();
    if broken.is_none() && super::of(name, &bytes).is_some() {
        broken = from.by_ref().take(FIRST_PART - bytes.len() as u64).read_to_end(&mut bytes).err();
    }
    if let Some(error) = broken.as_ref().filter(|_| bytes.is_empty()) {
        return Err(Cause(format!("cannot be read: {error}")));
    }
    let Some(format) = super::of(name, &bytes) else { return Ok(None) };
    let mut warnings = Warnings::new();
    let mut beyond = Vec::new();
    let rest = match format.extent() {
        _ if broken.is_some() => Rest::Nothing,
        Extent::First => {
            broken = from.by_ref().take(1).read_to_end(&mut beyond).err();
            if !beyond.is_empty() {
                warnings.push(format!("only the first {} MB were read", FIRST_PART >> 20));
            }
            Rest::Nothing
        }
        Extent::Stream | Extent::Whole => Rest::Stream(&mut from),
    };
    warnings.extend(broken.map(|error| format!("broken off: {error}; what follows was not read")));
    let name = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let more = super::read(format, Input { name, bytes: &bytes, rest, nest }, each)?;
    warnings.extend(more);
    Ok(Some(warnings))
}

/// Names the member of its file that an article is of.
pub(super) fn name(article: &mut Article, member: &str) {
    article.member = Some(match article.member.take() {
        Some(inner) => format!("{member}/{inner}"),
        None => member.to_owned(),
    });
}

/// What the reader of an archive should know of its members.
#[derive(Default)]
pub(super) struct Met {
    read: u64,
    unread: u64,
    failed: u64,
    faults: Faults,
}

impl Met {
    /// Reads a member, if it is worth reading, and hands on its articles under its name.
    pub(super) fn read(
        &mut self,
        member: &str,
        from: impl Read,
        nest: Nest<'_>,
        each: &mut Each<'_>,
    ) -> Flow {
        let mut flow = Flow::Continue(());
        if self.wants(member) {
            let outcome = read(member, from, nest, &mut |mut article| {
                name(&mut article, member);
                flow = each(article);
                flow
            });
            self.take(member, outcome);
        }
        flow
    }

    /// Says whether an entry is worth reading: it and its folders are not hidden, and not what a system
    /// leaves there. One that is named as if it lay outside is a fault.
    fn wants(&mut self, path: &str) -> bool {
        let parts = || path.split(['/', '\\']).filter(|part| *part != ".");
        let is_outside = parts().any(|part| part == "..");
        if is_outside {
            self.take(path, Err(Cause("is named as if it lay outside, and was left out".into())));
        }
        let is_left = |part: &str| part.starts_with('.') || part == "__MACOSX";
        !is_outside && !path.ends_with('/') && !parts().any(is_left)
    }

    /// Takes what came of a member.
    pub(super) fn take(&mut self, member: &str, outcome: Result<Option<Warnings>, Cause>) {
        match outcome {
            Ok(Some(warnings)) => {
                self.read += 1;
                warnings.iter().for_each(|warning| self.faults.add(format_args!("{member}: {warning}")));
            }
            Ok(None) => self.unread += 1,
            Err(cause) => {
                self.failed += 1;
                self.faults.add(format_args!("{member}: {cause}"));
            }
        }
    }

    /// Returns what there is to say of an archive whose end is missing or broken.
    ///
    /// # Errors
    /// Says the cause where no member could be read.
    pub(super) fn broken_off(self, cause: Cause) -> Result<Warnings, Cause> {
        if self.read == 0 {
            return Err(cause);
        }
        let mut warnings = self.say_all()?;
        warnings.push(format!("{cause}; what could be was read"));
        Ok(warnings)
    }

    /// Returns what there is to say.
    ///
    /// # Errors
    /// Where no member could be read although some should have been.
    pub(super) fn say_all(self) -> Result<Warnings, Cause> {
        let mut warnings = self.faults.say("of the kind");
        if self.read == 0 && self.failed > 0 {
            return Err(Cause(warnings.join("; ")));
        }
        if self.unread > 0 {
            let all = self.read + self.unread + self.failed;
            warnings.push(format!("{} of {all} members are of no kind that can be read", self.unread));
        }
        Ok(warnings)
    }
}
