//! What holds inside a group, and what the first control word of one says it is for.

use super::{code_page::CodePage, facts::Fact};

/// What holds until the end of a group.
#[derive(Clone, Copy, Debug)]
pub(super) struct Group {
    /// Where its text goes.
    pub(super) target: Target,
    /// What ends with it.
    pub(super) ends: Option<Part>,
    /// Whether it began with `\*`: it is passed over if nobody knows what it is for.
    pub(super) starred: bool,
    pub(super) hidden: bool,
    pub(super) deleted: bool,
    /// How many characters stand in for one of Unicode.
    pub(super) stand_ins: usize,
    pub(super) page: CodePage,
    pub(super) paragraph: Paragraph,
}

/// What is said of a paragraph.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Paragraph {
    pub(super) style: i32,
    /// The outline level, 0 being the outermost.
    pub(super) outline: Option<u8>,
    pub(super) in_list: bool,
    pub(super) list_level: usize,
    /// How many tables it is in.
    pub(super) tables: usize,
}

/// Where text goes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Target {
    Text,
    /// The number or bullet of a list item.
    Marker,
    Fonts,
    Styles,
    Facts,
    /// The name of who wrote a comment.
    Commenter,
    Nowhere,
}

/// What a group holds that is more than text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Part {
    Note,
    Comment,
    TextBox,
    Fact(Fact),
    Commenter,
}

/// What a group is for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Purpose {
    /// To be passed over.
    Nothing,
    /// To hold text that goes to a place of its own.
    Target(Target),
    /// To hold a part of the document.
    Part(Part),
    /// To hold the same twice: first for old programs.
    Twice,
    /// To hold what its groups say.
    Groups,
}

impl Purpose {
    /// Returns what a group with this control word is for; none where it says nothing of that.
    pub(super) fn of(word: &str) -> Option<Self> {
        Some(match word {
            "fonttbl" => Self::Target(Target::Fonts),
            "stylesheet" => Self::Target(Target::Styles),
            "info" => Self::Target(Target::Facts),
            "listtext" | "pntext" => Self::Target(Target::Marker),
            "footnote" => Self::Part(Part::Note),
            "annotation" => Self::Part(Part::Comment),
            "shptxt" | "dptxbxtext" => Self::Part(Part::TextBox),
            "atnauthor" => Self::Part(Part::Commenter),
            "upr" => Self::Twice,
            "ud" | "moMath" | "moMathPara" | "nesttableprops" => Self::Groups,
            "shpinst" | "do" => Self::Target(Target::Nowhere),
            // Tables of the document; what stands on every page; pictures and other data; what is said
            // of fields, indexes and comments; what old programs show in place of something.
            "colortbl" | "filetbl" | "revtbl" | "listtable" | "listoverridetable" | "rsidtbl"
            | "xmlnstbl" | "header" | "headerl" | "headerr" | "headerf" | "footer" | "footerl"
            | "footerr" | "footerf" | "ftnsep" | "ftnsepc" | "ftncn" | "aftnsep" | "aftnsepc" | "aftncn"
            | "pict" | "objdata" | "sp" | "fldinst" | "xe" | "tc" | "tcn" | "rxe" | "txe" | "atnid"
            | "shprslt" | "nonesttables" | "nonshppict" | "mmathPict" | "mtype" | "pntxta" | "pntxtb"
            | "template" | "generator" => Self::Nothing,
            // How a part of a formula looks.
            _ if word.len() > 3 && word.starts_with('m') && word.ends_with("Pr") => Self::Nothing,
            _ => return None,
        })
    }
}
