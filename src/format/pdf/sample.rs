//! PDF files for tests, written from strings.

/// Makes a file of pages with this content. Fonts: `R` upright, `B` bold, `C` of one width. Forms:
/// `X0` to `X9`, each of which shows a word and the next one ten times.
pub(super) fn file(pages: &[&str]) -> Vec<u8> {
    let mut objects = vec![
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        String::new(),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold >>".to_owned(),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Courier >>".to_owned(),
        String::new(),
    ];
    let stream =
        |head: &str, text: &str| format!("<< {head} /Length {} >>\nstream\n{text}\nendstream", text.len());
    let mut forms = String::new();
    for number in 0..10 {
        let inner = format!("/X{} Do\n", number + 1).repeat(10);
        let text = format!("BT /R 10 Tf 72 {} Td (form) Tj ET\n{inner}", 300 - 12 * number);
        objects.push(stream("/Subtype /Form /BBox [0 0 612 792] /Resources 6 0 R", &text));
        forms.push_str(&format!("/X{number} {} 0 R ", objects.len()));
    }
    objects[5] = format!("<< /Font << /R 3 0 R /B 4 0 R /C 5 0 R >> /XObject << {forms} >> >>");
    let mut kids = String::new();
    for page in pages {
        objects.push(stream("", page));
        objects.push(format!("<< /Type /Page /Parent 2 0 R /Contents {} 0 R >>", objects.len()));
        kids.push_str(&format!("{} 0 R ", objects.len()));
    }
    let media = "/Resources 6 0 R /MediaBox [0 0 612 792]";
    objects[1] = format!("<< /Type /Pages /Count {} /Kids [{kids}] {media} >>", pages.len());
    whole(&objects, "")
}

/// Writes a file of these objects, the first of which is its root.
pub(super) fn whole(objects: &[String], trailer: &str) -> Vec<u8> {
    let mut out = "%PDF-1.4\n".to_owned();
    let mut places = String::new();
    for (number, body) in objects.iter().enumerate() {
        places.push_str(&format!("{:010} 00000 n \n", out.len()));
        out.push_str(&format!("{} 0 obj\n{body}\nendobj\n", number + 1));
    }
    let (start, size) = (out.len(), objects.len() + 1);
    out.push_str(&format!("xref\n0 {size}\n0000000000 65535 f \n{places}"));
    out.push_str(&format!("trailer\n<< /Size {size} /Root 1 0 R {trailer} >>\nstartxref\n{start}\n%%EOF\n"));
    out.into_bytes()
}

/// Writes lines below each other: `(font and size, left, text)`.
pub(super) fn lines(top: u32, lines: &[(&str, u32, &str)]) -> String {
    let mut y = top;
    let mut out = String::new();
    for (font, x, text) in lines {
        out.push_str(&format!("BT /{font} Tf {x} {y} Td ({text}) Tj ET\n"));
        y -= 12;
    }
    out
}
