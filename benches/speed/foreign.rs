//! Short articles in other languages: in a large folder there are some, and what is asked is then looked for in
//! each of them.

/// The same three sentences in fourteen languages.
const SAID: [[&str; 3]; 14] = [
    [
        "Der Mond zieht das Meer an.",
        "Zweimal am Tag steigt das Wasser an der Küste und fällt wieder.",
        "Wer aus dem Hafen will, muss die Stunde kennen.",
    ],
    [
        "La lune attire la mer.",
        "Deux fois par jour l'eau monte sur la côte et redescend.",
        "Qui veut quitter le port doit connaître l'heure.",
    ],
    [
        "La luna atrae el mar.",
        "Dos veces al día el agua sube en la costa y vuelve a bajar.",
        "Quien quiera salir del puerto debe conocer la hora.",
    ],
    [
        "La luna attira il mare.",
        "Due volte al giorno l'acqua sale sulla costa e poi scende.",
        "Chi vuole uscire dal porto deve conoscere l'ora.",
    ],
    [
        "De maan trekt aan de zee.",
        "Twee keer per dag stijgt het water aan de kust en daalt het weer.",
        "Wie de haven uit wil, moet het uur kennen.",
    ],
    [
        "A lua atrai o mar.",
        "Duas vezes por dia a água sobe na costa e volta a descer.",
        "Quem quiser sair do porto tem de saber a hora.",
    ],
    [
        "Månen drar i havet.",
        "Två gånger om dagen stiger vattnet vid kusten och faller igen.",
        "Den som vill ut ur hamnen måste veta timmen.",
    ],
    [
        "Månen trækker i havet.",
        "To gange om dagen stiger vandet ved kysten og falder igen.",
        "Den, der vil ud af havnen, må kende timen.",
    ],
    [
        "Bulan menarik laut.",
        "Dua kali sehari air naik di pantai dan kemudian turun lagi.",
        "Siapa yang ingin keluar dari pelabuhan harus mengetahui waktunya.",
    ],
    [
        "Ay denizi çeker.",
        "Su günde iki kez kıyıda yükselir ve yeniden alçalır.",
        "Limandan çıkmak isteyen saati bilmelidir.",
    ],
    [
        "Луна притягивает море.",
        "Два раза в день вода у берега поднимается и снова опускается.",
        "Кто хочет выйти из гавани, должен знать час.",
    ],
    ["月亮吸引着大海。", "海水每天两次在岸边上涨，然后又退去。", "想要出港的人必须知道时间。"],
    [
        "月は海を引き寄せる。",
        "水は一日に二度岸辺で高くなり、また低くなる。",
        "港を出たい人は時刻を知らなければならない。",
    ],
    [
        "달은 바다를 끌어당긴다.",
        "물은 하루에 두 번 해안에서 높아졌다가 다시 낮아진다.",
        "항구를 나가려는 사람은 시간을 알아야 한다.",
    ],
];

/// Returns the article of a number, in one language after the other, the sentences in one order after another.
pub(crate) fn article(number: u64) -> String {
    let number = number as usize;
    let mut sentences = SAID[number % SAID.len()];
    sentences.rotate_left(number / SAID.len() % 3);
    sentences.join(" ") + "\n"
}
