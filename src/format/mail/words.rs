//! What programs write above quotes and below messages, in the languages of their users.

/// What a line says of the text below it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Marker {
    /// It is the message that is answered.
    Answered,
    /// It is handed on.
    Forward,
}

/// What a line of a block of headers names.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Label {
    From,
    To,
    Date,
    Subject,
}

/// What makes a line a credit.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Sure {
    /// A quote follows it.
    ByPlace,
    /// Nothing but what it says.
    ByItself,
}

const ANSWERED: &[&str] = &[
    "original message",
    "original appointment",
    "original-nachricht",
    "originalnachricht",
    "ursprüngliche nachricht",
    "ursprüngliche mail",
    "message d'origine",
    "message d’origine",
    "message original",
    "mensaje original",
    "mensagem original",
    "messaggio originale",
    "oorspronkelijk bericht",
    "ursprungligt meddelande",
    "opprinnelig melding",
    "oprindelig meddelelse",
    "alkuperäinen viesti",
    "oryginalna wiadomość",
    "původní zpráva",
    "исходное сообщение",
    "原始邮件",
    "原始郵件",
    "元のメッセージ",
    "original mail",
];

const FORWARD: &[&str] = &[
    "forwarded message",
    "forwarded mail",
    "forwarded by",
    "forwarded from",
    "weitergeleitete nachricht",
    "message transféré",
    "message réexpédié",
    "mensaje reenviado",
    "mensagem encaminhada",
    "messaggio inoltrato",
    "doorgestuurd bericht",
    "vidarebefordrat meddelande",
    "videresendt",
    "przekazana wiadomość",
    "пересылаемое сообщение",
    "пересланное сообщение",
    "转发的邮件",
    "転送されたメッセージ",
];

/// What stands above what was forwarded, without dashes.
const BEGINS_FORWARD: &[&str] = &[
    "begin forwarded message:",
    "anfang der weitergeleiteten nachricht:",
    "début du message réexpédié",
    "début du message transféré",
    "inicio del mensaje reenviado:",
    "inizio messaggio inoltrato:",
    "begin doorgestuurd bericht:",
];

/// What a credit says that someone did.
const WROTE: &[&str] = &[
    "wrote",
    "writes",
    "schrieb",
    "écrit",
    "ecrit",
    "escribió",
    "escribio",
    "escreveu",
    "ha scritto",
    "scrisse",
    "schreef",
    "skrev",
    "kirjoitti",
    "napisał",
    "pisze",
    "napsal",
    "пишет",
    "писал",
    "написал",
    "írta",
    "yazdı",
    "写道",
    "寫道",
    "書きました",
];

const LABELS: &[(Label, &[&str])] = &[
    (
        Label::From,
        &["from", "von", "de", "da", "van", "från", "fra", "od", "от", "发件人", "寄件者", "差出人"],
    ),
    (
        Label::Date,
        &[
            "sent",
            "date",
            "gesendet",
            "datum",
            "envoyé",
            "enviado",
            "fecha",
            "data",
            "inviato",
            "verzonden",
            "skickat",
            "sendt",
            "dato",
            "wysłano",
            "отправлено",
            "дата",
            "发送时间",
            "日期",
            "送信日時",
        ],
    ),
    (
        Label::To,
        &["to", "an", "à", "a", "para", "aan", "till", "til", "do", "кому", "收件人", "收件者", "宛先"],
    ),
    (
        Label::Subject,
        &[
            "subject",
            "betreff",
            "objet",
            "asunto",
            "assunto",
            "oggetto",
            "onderwerp",
            "ämne",
            "emne",
            "temat",
            "тема",
            "主题",
            "主旨",
            "件名",
        ],
    ),
];

const OF_LISTS: &[&str] = &[
    "mailing list",
    "mailing-list",
    "mailingliste",
    "unsubscribe",
    "listinfo",
    "abmelden",
    "abbestellen",
    "désabonner",
    "désinscrire",
    "darse de baja",
    "googlegroups",
    "yahoo! groups",
    "yahoo groups",
];

/// What subjects of messages begin with that hand others on.
const FORWARDS: &[&str] = &["fwd:", "fw:", "wg:", "tr:", "rv:", "enc:", "doorst:", "vb:"];

/// Letters of the longest line that is looked at: programs write short ones.
const LONGEST: usize = 400;

/// Tells what a line says of the text below it, if it was written to say that.
pub(super) fn marker(line: &str) -> Option<Marker> {
    if line.len() > LONGEST {
        return None;
    }
    let inner = line.trim_start_matches(['-', '_', '=']);
    let dashed = line.len() - inner.len() >= 3;
    if inner.is_empty() || !dashed && !line.ends_with(':') {
        return None;
    }
    let inner = inner.to_lowercase();
    let closed = inner.ends_with("--") || inner.contains("forwarded by");
    if dashed && closed {
        let names = |names: &[&str]| names.iter().any(|name| inner.contains(name));
        let forward = names(FORWARD).then_some(Marker::Forward);
        return forward.or_else(|| names(ANSWERED).then_some(Marker::Answered));
    }
    BEGINS_FORWARD.iter().any(|start| inner.starts_with(start)).then_some(Marker::Forward)
}

/// Says whether a text credits a quote: `On … Jane Doe wrote:`.
pub(super) fn is_credit(text: &str, sure: Sure) -> bool {
    let Some(said) = text.strip_suffix([':', '：']).filter(|_| text.len() <= LONGEST) else { return false };
    let said = said.to_lowercase();
    let wrote = WROTE.iter().any(|word| said.contains(word));
    let dated = said.bytes().any(|byte| byte.is_ascii_digit());
    match sure {
        Sure::ByPlace => wrote || dated && said.contains('@'),
        Sure::ByItself => {
            let time = said.as_bytes().windows(4).any(|four| {
                four[0].is_ascii_digit() && four[1] == b':' && four[2..].iter().all(u8::is_ascii_digit)
            });
            wrote && dated && (said.contains('@') || time)
        }
    }
}

/// Tells what a line names that is one of a block of headers.
pub(super) fn label(line: &str) -> Option<Label> {
    let (name, _) = line.trim_start_matches(['*', ' ', '>']).split_once([':', '：'])?;
    if name.len() > 24 {
        return None;
    }
    let name = name.trim_matches(['*', ' ', '\u{a0}']).to_lowercase();
    let of = |names: &[&str]| names.contains(&name.as_str());
    LABELS.iter().find(|(_, names)| of(names)).map(|(label, _)| *label)
}

/// Says whether a line is of the footer of a mailing list.
pub(super) fn is_of_list(line: &str) -> bool {
    let line = line.get(..LONGEST).unwrap_or(line).to_lowercase();
    OF_LISTS.iter().any(|words| line.contains(words))
}

/// Says whether a subject is that of a message that hands another on.
pub(super) fn is_forward(subject: &str) -> bool {
    let subject = subject.trim_start().to_lowercase();
    FORWARDS.iter().any(|start| subject.starts_with(start))
}
