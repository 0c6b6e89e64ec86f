from __future__ import annotations

from collections.abc import Callable

import polars as pl
import pytest

from stancelib.corpus.language import LANGUAGES
from stancelib.corpus.reporting import reporting, tables

Split = Callable[..., pl.DataFrame]

# Each sentence stands alone: (language, text, voice, speaker).
SENTENCES = [
    ("en", "“We will stay,” Dmitry Peskov said.", "quoted", "Dmitry Peskov"),
    ("en", '"We will stay," said Kremlin spokesman Dmitry Peskov.', "quoted", "Dmitry Peskov"),
    ("en", "“We will stay,” he said.", "quoted", None),
    ("en", "Peskov said on Monday that talks go on.", "quoted", "Peskov"),
    ("en", "Dmitry Peskov, the spokesman, said NATO was a threat.", "quoted", "Dmitry Peskov"),
    ("en", "According to Dmytro Kuleba, help is late.", "quoted", "Dmytro Kuleba"),
    ("en", "Help is late, President Zelensky warned.", "quoted", "Zelensky"),
    ("en", "The minister said the bridge would fall.", "quoted", None),
    ("en", "The so-called “special operation” goes on.", "author", None),
    ("en", "Bans cut “the funds of the war,” Charles Michel wrote.", "quoted", "Charles Michel"),
    ("en", "This is what I have said many times.", "quoted", None),
    ("en", "As the President noted, partners help.", "quoted", None),
    ("en", "“We stay,” Estonian Prime Minister Kaja Kallas said.", "quoted", "Kaja Kallas"),
    ("en", "NATO condemned the attack on Ukraine.", "author", None),
    ("en", "The reports reached Moscow late.", "author", None),
    ("fr", "« Nous resterons », a déclaré M. Peskov.", "quoted", "Peskov"),
    ("fr", "« Jamais ! » a lancé le ministre Sergueï Lavrov.", "quoted", "Sergueï Lavrov"),
    ("fr", "Selon Sergueï Lavrov, l’alliance menace la paix.", "quoted", "Sergueï Lavrov"),
    ("fr", "M. Peskov a souligné jeudi que l’alliance mentait.", "quoted", "Peskov"),
    ("fr", "Kiev ment, a-t-il déclaré.", "quoted", None),
    ("fr", "« Moscou est fiable », s’est félicité Peskov.", "quoted", "Peskov"),
    ("fr", "« Assez ! » s'est indignée Anne Girard.", "quoted", "Anne Girard"),
    ("fr", "Le maire s’est félicité de la paix.", "author", None),
    ("fr", "Le blé monte, observe Anne Girard dans « La Gazette ».", "quoted", "Anne Girard"),
    ("fr", "L’armée a affirmé avoir repoussé une attaque.", "quoted", None),
    ("fr", "Guerre en Ukraine : « Entre ces deux pays, il faut choisir »", "quoted", None),
    ("fr", "Anna von der Leyen, la chef, a dit que tout va.", "quoted", "Anna von der Leyen"),
    ("fr", "L’opération dite « spéciale » continue.", "author", None),
    ("fr", "Kiev a annoncé un plan.", "author", None),
    ("de", "„Wir bleiben“, sagte Scholz am Montag in Berlin.", "quoted", "Scholz"),
    ("de", "Scholz sagte, die Ukraine werde siegen.", "quoted", "Scholz"),
    ("de", "Laut Präsident Selenskyj ist die Lage ernst.", "quoted", "Selenskyj"),
    ("de", "Er betonte, dass die NATO bereit sei.", "quoted", None),
    ("de", "Die sogenannte „Spezialoperation“ dauert an.", "author", None),
    ("es", "«No vamos», dijo Pedro Sánchez.", "quoted", "Pedro Sánchez"),
    ("es", "Borrell declaró que la ayuda llegará.", "quoted", "Borrell"),
    ("es", "Según Borrell, Rusia miente.", "quoted", "Borrell"),
    ("es", "La llamada «operación especial» sigue.", "author", None),
    ("it", "«Non ci fermeremo», ha dichiarato Mario Draghi.", "quoted", "Mario Draghi"),
    ("it", "Secondo Di Maio, la Russia mente.", "quoted", "Di Maio"),
    ("it", "Draghi ha sottolineato che la pace è lontana.", "quoted", "Draghi"),
    ("it", "La cosiddetta «operazione speciale» continua.", "author", None),
    ("pt", "“Não vamos”, afirmou António Costa.", "quoted", "António Costa"),
    ("pt", "Segundo Guterres, a guerra continua.", "quoted", "Guterres"),
    ("pt", "Costa disse que a ajuda chegará.", "quoted", "Costa"),
    ("pt", "A chamada “operação especial” continua.", "author", None),
    ("pl", "„Nie poddamy się” – powiedział Andrzej Duda.", "quoted", "Andrzej Duda"),
    ("pl", "Zdaniem Morawieckiego Rosja kłamie.", "quoted", "Morawieckiego"),
    ("pl", "Duda podkreślił, że pomoc nadejdzie.", "quoted", "Duda"),
    ("pl", "Tak zwana „operacja specjalna” trwa.", "author", None),
    ("ru", "«Мы готовы», — заявил Дмитрий Песков.", "quoted", "Дмитрий Песков"),
    ("ru", "По словам Сергея Лаврова, НАТО угрожает.", "quoted", "Сергея Лаврова"),
    ("ru", "Песков подчеркнул, что Россия готова.", "quoted", "Песков"),
    ("ru", "Попытки не имеют перспектив, заявили в Кремле.", "quoted", "Кремле"),
    ("ru", "Так называемая «спецоперация» продолжается.", "author", None),
    ("uk", "«Ми не здамося!» — сказав Кулеба.", "quoted", "Кулеба"),
    ("uk", "За словами Зеленського, ворог тікає.", "quoted", "Зеленського"),
    ("uk", "Він заявив, що війна триває.", "quoted", None),
    ("uk", "Так звана «спецоперація» триває.", "author", None),
    ("bg", "„Няма да се предадем“, заяви Кирил Петков.", "quoted", "Кирил Петков"),
    ("bg", "Според Петков Русия лъже.", "quoted", "Петков"),
    ("bg", "Той каза, че войната продължава.", "quoted", None),
    ("bg", "Така наречената „спецоперация“ продължава.", "author", None),
    ("cs", "„Nevzdáme se,“ prohlásil Petr Fiala.", "quoted", "Petr Fiala"),
    ("cs", "Podle Lipavského Rusko lže.", "quoted", "Lipavského"),
    ("cs", "Fiala řekl, že pomoc přijde.", "quoted", "Fiala"),
    ("cs", "Takzvaná „speciální operace“ trvá.", "author", None),
    ("ro", "„Nu cedăm”, a declarat Klaus Iohannis.", "quoted", "Klaus Iohannis"),
    ("ro", "Potrivit lui Iohannis, Rusia minte.", "quoted", "Iohannis"),
    ("ro", "Iohannis a spus că ajutorul va veni.", "quoted", "Iohannis"),
    ("ro", "Așa-numita „operațiune specială” continuă.", "author", None),
]  # fmt: skip


@pytest.mark.parametrize(("lang", "text", "voice", "speaker"), SENTENCES)
def test_whose_voice_it_is(
    split: Split, lang: str, text: str, voice: str, speaker: str | None
) -> None:
    assert split(text, lang).select("voice", "speaker").rows() == [(voice, speaker)]


def test_every_language_has_its_words() -> None:
    keys = set(tables()["en"])
    for lang in LANGUAGES:
        words = tables()[lang]
        assert set(words) == keys
        assert words["verbs"]
        assert words["according"]
        assert all(word == word.lower() for key in keys for word in _listed(words[key]))
        assert reporting(lang) is not None


def _listed(words: object) -> list[str]:
    return words if isinstance(words, list) else []


def test_a_quotation_goes_on_over_its_sentences(split: Split) -> None:
    text = (
        "The mayor spoke. “Nobody here will ever leave this city of our fathers. We are many. "
        "And we will never give it up,” he said. Snow fell."
    )
    assert split(text)["voice"].to_list() == ["author", "quoted", "quoted", "quoted", "author"]


def test_an_unclosed_quotation_ends_with_its_paragraph(split: Split) -> None:
    text = "“Nobody here will leave. We stay.\n\nSnow fell."
    assert split(text)["voice"].to_list() == ["quoted", "quoted", "author"]


def test_dialogue_with_dashes(split: Split) -> None:
    spoken = split("— Мы готовы, — сказал Песков. — Россия не отступит.", "ru")
    assert spoken.select("voice", "speaker").rows() == [("quoted", "Песков"), ("quoted", None)]
    points = split("— Поставки оружия.\n— Новые санкции.", "ru")
    assert points["voice"].unique().to_list() == ["author"]


def test_headlines_name_a_speaker_before_a_colon(split: Split) -> None:
    title = split("Body.", "fr", title="Marie Mendras : « La guerre annonce la fracture »")[0]
    assert title.select("voice", "speaker").rows() == [("quoted", "Marie Mendras")]


def test_other_languages_have_marks_but_no_verbs(split: Split) -> None:
    found = split("“Burada kalıyoruz hep.” Peskov dedi ki savaş sürüyor.", "tr")
    assert found["voice"].to_list() == ["quoted", "author"]
    assert found["speaker"].null_count() == 2


def test_the_authors_voice_has_no_speaker(split: Split) -> None:
    found = split("Peskov flew to Minsk. Lavrov stayed in Moscow.")
    assert found["speaker"].null_count() == found.height
