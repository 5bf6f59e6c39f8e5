//! Words that carry no subject: left out of a query, never out of the index, so that phrases work.

use std::collections::HashSet;

pub(super) use self::english::is_english;
use super::{Language, fold};

mod english;

/// Words of a language that carry no subject.
#[derive(Clone, Debug, Default)]
pub struct StopWords {
    english: bool,
    /// Those of another language, folded.
    words: HashSet<String>,
}

/// A list with more words names much that is a subject: months, currencies, numbers.
const LONGEST_LIST: usize = 430;

/// Languages whose lists are too long or missing, each with the most frequent of its function words.
const SHORT_LISTS: &[(&str, &str)] = &[
    (
        "ar",
        "في من على إلى الى عن مع هذا هذه ذلك تلك التي الذي الذين اللذين اللتين ما ماذا متى أين كيف كم لماذا \
         هل أي أية هو هي هم هن أنا نحن أنت كان كانت كانوا يكون تكون ليس ليست أن إن أنه إنه أنها إنها لأن لا لم \
         لن قد لقد كل بعض بعد قبل بين عند عندما حيث كما لكن ولكن أو أم ثم حتى إذا إذ منذ خلال حول ضد غير فيه \
         فيها منه منها عليه عليها إليه إليها به بها له لها لهم و ب ل ف ك",
    ),
    (
        "fa",
        "و در به از که این آن را با برای است بود شد شده می هم تا بر یا اما اگر نیز هر یک چه چرا چگونه کجا کی \
         چند کدام ما من تو او آنها شما ایشان خود های ها ای باشد بودند هستند نیست کرد کرده کند شود دارد داشت",
    ),
    (
        "vi",
        "và của là có được các những một cho trong với không này khi để đã ở ra vào như thì mà bởi từ đến tại \
         về theo nào gì ai đâu bao nhiêu sao bằng hay hoặc cũng nhưng nếu vì do đó đây kia sẽ đang rằng lại \
         còn chỉ rất hơn nhất phải bị việc sự cái con người ta tôi chúng họ nó mình",
    ),
    (
        "hi",
        "का के की को में से पर ने और या भी ही तो है हैं था थी थे हो होता होती होते हुआ हुई हुए रहा रही रहे गया गई गए कर \
         करता करते करना करने किया किए जा जो जिस जिसे जिसने जिसके जिसकी यह ये वह वे इस इन उस उन इसके इसकी इसे इसका \
         उनके उनकी उनका उसके उसकी उसका अपने अपनी अपना एक कोई कुछ सभी तक द्वारा साथ लिए बाद लेकिन नहीं न कि क्या \
         क्यों कब कहाँ कहां कैसे कौन कौनसा कौनसे कौनसी किस किसे किसने किसके किसकी कितना कितने कितनी दिया दी दिए वाले वाली वाला",
    ),
    (
        "th",
        "ที่ ซึ่ง อัน ของ ใน และ หรือ แต่ ก็ ว่า จะ ได้ ให้ เป็น คือ มี อยู่ ไม่ ไม่มี ไว้ ไป มา นี้ นั้น โดย จาก ถึง กับ แก่ \
         ต่อ ตาม เพื่อ สำหรับ เมื่อ ถ้า เพราะ ด้วย แล้ว ยัง เคย ถูก การ ความ อะไร ใคร ไหน ที่ไหน เมื่อไร เมื่อไหร่ เมื่อใด \
         อย่างไร ยังไง ทำไม เท่าไร เท่าไหร่ เท่าใด กี่ ใด อย่าง เขา เธอ เรา มัน ทั้ง ทุก บาง อีก",
    ),
    (
        "pl",
        "i a w z na do o od po za przez przy pod nad dla u ku bez ze we oraz ale lub albo czy że żeby aby jak jako niż \
         nie to ten ta te ci tego tej tym tych temu który która które którego której którym których którzy co czego \
         czemu czym kto kogo komu kim gdzie kiedy dlaczego ile ilu jaki jaka jakie jakiego jakiej jakim jakich się \
         siebie sobie swój swoje jego jej ich im go mu mi ja ty on ona ono my wy oni one jest są był była było byli \
         były być będzie będą został została zostało już też także tylko po jeszcze gdy",
    ),
    (
        "cs",
        "a i v ve z ze s se k ke na do od o u po za při pro před nad pod mezi přes bez nebo ale že aby jak jako než \
         ne to ten ta ty ti toho té tím tom těch který která které kterého které kterou kterým kterých kteří co čeho \
         čemu čím kdo koho komu kým kde kdy proč kolik jaký jaká jaké jakého jakou si sebe svůj své jeho její jejich \
         je jsou byl byla bylo byli byly být bude budou já ty on ona ono my vy oni už také jen ještě když",
    ),
    (
        "uk",
        "і й та а в у з із зі на до від о об по за при під над для без через між про що щоб як ніж не ні це цей ця ці \
         цього цієї цим той та те ті того який яка яке які якого якої яким яких якому хто кого кому ким чого чому чим \
         де куди коли скільки він вона воно вони його її їх їм ми ви я ти свій своє свої себе є був була було були \
         бути буде будуть або чи але також лише ще вже тільки",
    ),
    (
        "bg",
        "и а в във с със на до от о по за при под над без между през към че да как като не ни това този тази тези \
         онзи кой коя кое кои кого което която който които какво какъв каква какви къде кога защо колко той тя то те \
         му ѝ им го я ги се си аз ти ние вие е са беше бяха бил била било били съм ще или но също само още вече",
    ),
    (
        "zh",
        "的 了 是 在 和 与 與 及 之 其 被 把 由 于 於 从 從 对 對 为 為 以 有 个 個 们 們 这 這 那 哪 谁 誰 几 幾 吗 嗎 呢 \
         什么 什麼 哪些 哪个 哪個 哪里 哪裡 哪一 多少 怎么 怎麼 如何 何时 何時 何地 谁是 為什 为什",
    ),
    (
        "id",
        "yang dan di ke dari ini itu untuk dengan pada adalah dalam tidak akan oleh sebagai juga atau karena \
         apa siapa kapan mana bagaimana mengapa berapa ada para telah sudah dapat bisa lebih saat bahwa kepada \
         mereka kami kita saya anda dia ia nya antara tersebut seperti hanya jika maka",
    ),
];

/// Function words that the lists lack, mostly those of questions.
const MORE: &[(&str, &str)] = &[
    (
        "de",
        "wer wem wen wessen wann warum wieso weshalb wohin woher wieviel wieviele viele welch wurde wurden",
    ),
    (
        "el",
        "ποιον ποιαν ποιες ποιων ποσο ποση ποσοι ποσες ποσα πότε γιατι στις στους στα ηταν εχει εχουν ειχε ενα ενας ενος μια μιας οποιο οποια οποιος απ",
    ),
    ("es", "cuáles cuánto cuánta cuántos cuántas"),
    (
        "fr",
        "quel quelle quels quelles quand où comment combien pourquoi quoi dont cette cet celui celle ceux celles lequel laquelle lesquels lesquelles lors si sans sous entre plus",
    ),
    ("it", "quali qual quando essere stato stata viene vengono"),
    ("nl", "welke welk waar wanneer waarom hoeveel wiens"),
    ("no", "hvilken hvilket hvilke hvem hva hvor hvorfor når hvordan"),
    ("pt", "quais quanto quanta quantos quantas onde porque quê"),
    ("ro", "câți câte cât câtă ce când unde cine este sunt fost"),
    (
        "ru",
        "какие какое каком какого какую каких каким какими сколько почему который которая которое которые которого которой которых кого кому кем чем чём",
    ),
    ("sv", "vilken vilket vilka vem vad var när varför hur"),
    (
        "tr",
        "hangi hangisi kaç kimin kime kimdir nedir nerede zaman bir olarak olan mi mu kadar \
         nin nın nun nün in ın un ün ye ya yi yı yu yü te ta den dan ten tan nde nda ndan nden le la dir dır",
    ),
];

/// Words of the lists that are a subject more often than a form of *to be*.
const TELLING: &[(&str, &str)] = &[
    ("es", "estado estada estados estadas sentido sentida sentidos sentidas"),
    ("fr", "été étée étés étées"),
    ("ro", "mie fata noua spate mod"),
];

fn listed<'a>(lists: &[(&str, &'a str)], code: &str) -> impl Iterator<Item = &'a str> {
    let list = lists.iter().find(|(known, _)| *known == code).map_or("", |(_, words)| words);
    list.split_whitespace()
}

/// Returns what the lists have of a language, not folded.
fn all(code: &str) -> impl Iterator<Item = &'static str> {
    let long = stop_words::lookup(code).filter(|list| list.len() <= LONGEST_LIST);
    let is_short = SHORT_LISTS.iter().any(|(known, _)| *known == code);
    let long = long.filter(|_| !is_short).unwrap_or_default();
    long.iter().copied().chain(listed(SHORT_LISTS, code)).chain(listed(MORE, code))
}

impl StopWords {
    /// Returns those of a language; none where it has no list.
    pub fn of(language: Option<Language>) -> Self {
        let code = language.unwrap_or(Language::ENGLISH);
        let code = code.code();
        if code == "en" {
            return Self { english: true, words: HashSet::new() };
        }
        let mut words: HashSet<String> = all(code).map(folded).collect();
        listed(TELLING, code).for_each(|word| _ = words.remove(&folded(word)));
        Self { english: false, words }
    }

    /// Returns how many of a few folded words are among those of a language: sooner than its list is made.
    pub fn among(language: Language, few: &[impl AsRef<str>]) -> usize {
        let code = language.code();
        if code == "en" {
            return few.iter().filter(|word| is_english(word.as_ref())).count();
        }
        let mut stops = vec![false; few.len()];
        let mut mark = |listed: &str, is_stop: bool| {
            let listed = fold(listed);
            let alike = few.iter().zip(&mut stops).filter(|(word, _)| word.as_ref() == listed);
            alike.for_each(|(_, stop)| *stop = is_stop);
        };
        all(code).for_each(|word| mark(word, true));
        listed(TELLING, code).for_each(|word| mark(word, false));
        stops.into_iter().filter(|stop| *stop).count()
    }

    /// Says whether a folded word is one of them.
    pub fn contains(&self, folded: &str) -> bool {
        if self.english { is_english(folded) } else { self.words.contains(folded) }
    }
}

fn folded(word: &str) -> String {
    fold(word).into_owned()
}

/// Says whether a word in small letters asks for something of the kind that is named next: the *year* in
/// `what year` is asked for, and seldom said in the answer.
pub fn asks_for_kind(word: &str) -> bool {
    const ASKING: &str = "what which welche welcher welches welchen welchem quel quelle quels quelles qué cuál \
        cuáles quale quali qual quais welke welk vilken vilket vilka hvilken hvilket hvilke hangi jaki jaka \
        jakie jakim który która które какой какая какое какие какого каком какую каким який яка яке які ποιος \
        ποια ποιο ποιοι ποιες ποιον";
    ASKING.split_whitespace().any(|known| known == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_has_its_own() {
        let check = |language: &str, stop: &str, telling: &str| {
            let words = StopWords::of(Language::of_tag(language));
            assert!(stop.split_whitespace().all(|word| words.contains(&folded(word))), "{language}: {stop}");
            assert!(telling.split(' ').all(|word| !words.contains(&folded(word))), "{language}: {telling}");
            let few: Vec<String> = [stop, telling].join(" ").split_whitespace().map(folded).collect();
            let language = Language::of_tag(language).unwrap_or(Language::ENGLISH);
            assert_eq!(StopWords::among(language, &few), stop.split_whitespace().count(), "{language}");
        };
        check("en", "the which", "llama die");
        check("", "the which", "llama");
        check("de", "der die und wo für", "haus krieg");
        check("es", "el la de qué cuándo dónde", "casa estado");
        check("fr", "le la les de l d qu", "maison");
        check("it", "il la di dove che", "casa");
        check("ru", "и в на где", "дом");
        check("el", "και το", "σπιτι");
        check("tr", "ve bu", "ev");
        check("hi", "में इस", "किताब");
        check("ar", "في من إلى", "بيت يناير");
        check("vi", "và của", "nhà");
        check("zh", "的 什么", "人");
        check("ja", "", "人");
    }
}
