//! The numbered characters of Chinese, Japanese and Korean fonts, for fonts that name the collection
//! which theirs are from, and no letters.

use hayro_cmap::{BfString, CMap, CMapName, CidFamily, load_embedded};
use hayro_syntax::object::{Dict, Object, String as Bytes};

/// Bytes of the longest code.
const LONGEST_CODE: u8 = 4;

/// What the codes of a font say by its collection.
pub(super) struct Collection {
    /// The character of each code.
    characters: CMap,
    /// The letters of each character.
    letters: CMap,
}

impl Collection {
    /// Returns that of a font and of the font inside it; none where that names none.
    pub(super) fn of(font: &Dict<'_>, inner: &Dict<'_>) -> Option<Self> {
        let characters = match font.get::<Object<'_>>("Encoding")? {
            Object::Name(name) => match CMapName::from_bytes(&name) {
                CMapName::IdentityH => CMap::identity_h(),
                CMapName::IdentityV => CMap::identity_v(),
                name => CMap::parse(load_embedded(name)?, load_embedded)?,
            },
            Object::Stream(map) => CMap::parse(&map.decoded_data().ok()?, load_embedded)?,
            _ => return None,
        };
        let known = characters.metadata().character_collection.as_ref().map(|known| known.family.clone());
        let family = known.filter(|family| *family != CidFamily::AdobeIdentity).or_else(|| named(inner))?;
        let letters = CMap::parse(load_embedded(family.ucs2_cmap()?)?, load_embedded)?;
        Some(Self { characters, letters })
    }

    /// Returns the letters of a code.
    pub(super) fn letters(&self, code: u32) -> Option<BfString> {
        let character =
            (1..=LONGEST_CODE).find_map(|length| self.characters.lookup_cid_code(code, length))?;
        self.letters.lookup_bf_string(character)
    }
}

fn named(inner: &Dict<'_>) -> Option<CidFamily> {
    let info = inner.get::<Dict<'_>>("CIDSystemInfo")?;
    let (registry, ordering) = (info.get::<Bytes<'_>>("Registry")?, info.get::<Bytes<'_>>("Ordering")?);
    Some(CidFamily::from_registry_ordering(registry.as_bytes(), ordering.as_bytes()))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use hayro_syntax::Pdf;

    use super::{super::sample::whole, *};

    #[test]
    fn codes_are_told_by_the_collection_of_the_font() {
        let check = |encoding: &str, ordering: &str, code: u32, expected: Option<&str>| {
            let info = format!("/CIDSystemInfo << /Registry (Adobe) /Ordering ({ordering}) >>");
            let font = format!("<< /Encoding /{encoding} /Inner << {info} >> >>");
            let root = format!("<< /Type /Catalog /Pages 2 0 R /Font {font} >>");
            let bytes = whole(&[root, "<< /Type /Pages /Kids [] >>".to_owned()], "");
            let pdf = Pdf::new(Arc::new(bytes)).expect("it is whole");
            let root = pdf.xref().get::<Dict<'_>>(pdf.xref().root_id()).expect("it has a root");
            let font = root.get::<Dict<'_>>("Font").expect("it has a font");
            let inner = font.get::<Dict<'_>>("Inner").expect("it has a font inside");
            let letters = Collection::of(&font, &inner).and_then(|collection| collection.letters(code));
            let letters = letters.map(|letters| match letters {
                BfString::Char(char) => char.to_string(),
                BfString::String(text) => text,
            });
            assert_eq!(letters.as_deref(), expected, "{encoding} {ordering} {code}");
        };
        check("Identity-H", "GB1", 34, Some("A"));
        check("Identity-V", "Japan1", 843, Some("あ"));
        check("UniGB-UCS2-H", "GB1", 0x6f6e, Some("潮"));
        check("Identity-H", "Identity", 34, None);
        check("Nothing", "GB1", 34, None);
    }
}
