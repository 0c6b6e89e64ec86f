"""Text that looks like a mention and is none, and the reverse."""

from __future__ import annotations

from collections.abc import Callable

import pytest

import stancelib as sl
from stancelib.targets import Alias

Find = Callable[..., list[tuple[str, str]]]


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        # Inside another word.
        ("en", "Belarus and Prussia were on the map, Rus was not."),
        ("en", "The Kievskaya metro station and Kyivstar are well known."),
        ("de", "Weißrussland und Preußen verhandeln."),
        ("fr", "Le Belarus, la Biélorussie et la Prusse."),
        ("ru", "Белоруссия и Беларусь, Пруссия и Малороссия."),
        ("uk", "Білорусь та Білорусія, Прусія."),
        ("pl", "Białoruś, Białorusini i Prusy."),
        ("it", "La Bielorussia e i bielorussi."),
        ("es", "Bielorrusia y los bielorrusos, Prusia."),
        # Fixed phrases.
        ("en", "Spell it with the NATO phonetic alphabet, in Nato phonetic."),
        ("en", "We had chicken Kiev, or Chicken Kyiv, with a Moscow mule."),
        ("en", "Kievan Rus and Kyivan Rus’ were a state of the Middle Ages."),
        ("en", "It was Russian roulette with a Russian doll and a Russian salad."),
        ("en", "She was born in Moscow, Idaho, and reads The Moscow Times."),
        ("en", "Russia Today and the Kyiv Independent reported it."),
        ("en", "Most people there are Russian-speaking or speak Ukrainian."),
        ("en", "Daniil Medvedev won the final, Anthony Russo filmed it, Russo-phobes left."),
        ("fr", "Il joue à la roulette russe, elle monte dans les montagnes russes."),
        ("fr", "Une salade russe au Kremlin-Bicêtre."),
        ("fr", "Le poulet à la Kiev et la Rus' de Kiev."),
        ("de", "Das Kiewer Reich und russisches Roulette."),
        ("es", "La montaña rusa y la ensaladilla rusa."),
        ("it", "L'insalata russa e le montagne russe."),
        ("pt", "A roleta russa e a montanha-russa."),
        ("pl", "Ruś Kijowska, rosyjska ruletka i pierogi ruskie."),
        ("ru", "Киевская Русь, русская рулетка, котлета по-киевски."),
        ("ru", "Он вышел на станции «Киевская» и говорил на русском языке."),
        ("uk", "Київська Русь, російська рулетка, Леся Українка."),
        ("bg", "Киевска Рус, руска рулетка и руска салата."),
        ("cs", "Kyjevská Rus, ruská ruleta a ruské kolo."),
        ("ro", "Rusia Kieveană, ruletă rusească și salată rusească."),
        # Words of the language.
        ("it", "Mario è nato a Bari, un neonato nato ieri."),
        ("it", "Nato a Roma nel 1950, vive a Parigi."),
        ("it", "«Nato nel 1950», dice la scheda."),
        ("it", "Una mosca vola, il signor Russo guarda."),
        ("pt", "Era um líder nato, dizia o senhor Russo."),
        ("es", "Es el presidente nato del consejo."),
        ("pl", "Dwa tuziny kijów leżało na śniegu."),
        ("ru", "Среди песков и барханов."),
        ("ro", "Mai putin de zece oameni, spune Ioan Rus la Ruse."),
        ("cs", "Mluví rusky."),
        # Attitudes: bound to anti-, pro-, non-.
        ("fr", "Les anti-OTAN et les pro-russes défilent."),
        ("fr", "Une mouvance anti‑OTAN, pro–russe."),
        ("en", "Anti-NATO, pro-Kremlin, non-NATO, anti-Russian, pro-\u2060Ukrainian."),
        ("en", "An “anti-‘NATO’” mood; pro-(Russian) voices; (pro-)Russian voices; anti NATO."),
        ("de", "Anti-Nato-Parolen und prorussische, pro-ukrainische Stimmen."),
        ("ru", "Антироссийский, антинатовский, пророссийский, про-украинский, анти-НАТО."),
        ("uk", "Проросійський, антиукраїнський, про-російський."),
        ("pl", "Antyrosyjski, prorosyjski, anty-NATO, pro-ukraiński."),
        ("it", "Filorusso, filo-russo, anti-Nato, antirusso."),
        ("es", "Prorruso, antirruso, anti-OTAN, pro-ucraniano."),
        ("cs", "Protiruský, proruský, anti-NATO."),
        ("ro", "Antirus, prorus, anti-NATO, pro-rus."),
        ("bg", "Антируски, проруски, анти-НАТО, про-руски."),
        # Other alliances.
        ("en", "The Rebel Alliance and Alliance 90; the Alliance for Progress; the alliance grew."),
        (
            "fr",
            "L’alliance entre la gauche et le centre, l’alliance avec Rome, l'alliance de gauche.",
        ),
        ("de", "Das Bündnis 90, die Allianz zwischen Rom und Wien, das Bündnis."),
        ("es", "La Alianza del Pacífico y la alianza con Lima."),
        ("it", "L'Alleanza Verdi Sinistra e l'alleanza tra Roma e Parigi."),
        ("pl", "Sojusz Lewicy Demokratycznej i sojusz z Czechami."),
        ("ro", "Alianța pentru Unirea Românilor și alianța cu stânga."),
        # Where a text comes from.
        (
            "en",
            "More at www.nato.int, kremlin.ru/news and press@nato.int, or https://t.me/ukraine.",
        ),
        ("en", "MOSCOW, Feb 24 (Reuters) - The rouble fell."),
        ("en", "MOSCOW, February 24. /TASS/. The rouble fell."),
        ("en", "KYIV, Ukraine (AP) — The rouble fell."),
        ("en", "Kiev, Feb 25 (Prensa Latina) The rouble fell."),
        ("fr", "MOSCOU, 24 février (AFP) – Le rouble baisse."),
        ("ru", "МОСКВА, 24 фев — РИА Новости. Рубль упал."),
    ],
)
def test_no_mention(found: Find, lang: str, text: str) -> None:
    assert found(text, lang) == []


@pytest.mark.parametrize(
    ("lang", "text", "expected"),
    [
        ("it", "La Nato a Bruxelles.", [("NATO", "Nato")]),
        ("it", "NATO a rischio, dice il ministro.", [("NATO", "NATO")]),
        ("it", "«Nato, serve più coraggio».", [("NATO", "Nato")]),
        ("en", "Chicken, Kiev said, was scarce.", [("Ukraine", "Kiev")]),
        ("en", "Russia today struck the port.", [("Russia", "Russia")]),
        ("en", "Is it news?NATO.The end.", [("NATO", "NATO")]),
        ("en", "non-aligned NATO candidates", [("NATO", "NATO")]),
        (
            "en",
            "US-NATO talks and an ex-Russian NATO-led base.",
            [("NATO", "NATO"), ("Russia", "Russian"), ("NATO", "NATO")],
        ),
        ("en", "— NATO (@NATO), @NATO", [("NATO", "NATO")] * 3),
        (
            "en",
            "Ukrainian soldiers rest outside Kyiv, said Moscow (AP) on Monday.",
            [("Ukraine", "Ukrainian"), ("Ukraine", "Kyiv"), ("Russia", "Moscow")],
        ),
        ("cs", "Je to pro Ukrajinu důležité.", [("Ukraine", "Ukrajinu")]),
        ("uk", "Стаття про НАТО.", [("NATO", "НАТО")]),
        ("fr", "Il faut que l’alliance réponde.", [("NATO", "alliance")]),
        (
            "fr",
            "L'alliance de défense et l'Alliance atlantique.",
            [("NATO", "alliance de défense"), ("NATO", "Alliance atlantique")],
        ),
        ("en", "NATO\u00ad and NA\u00adTO.", [("NATO", "NATO"), ("NATO", "NA\u00adTO")]),
        ("en", "🇺🇦Ukraine❤️NATO🙏🏽", [("Ukraine", "Ukraine"), ("NATO", "NATO")]),
        ("ru", "Ки\u0301ев", [("Ukraine", "Ки\u0301ев")]),
        ("uk", "Киів", []),
        ("uk", "Ки\u0456\u0308в", [("Ukraine", "Ки\u0456\u0308в")]),
        (
            "en",
            "Voice of\u00a0Russia is a radio; the Russian\u00a0 Federation is not.",
            [("Russia", "Russian\u00a0 Federation")],
        ),
    ],
)
def test_mention_beside_a_trap(
    found: Find, lang: str, text: str, expected: list[tuple[str, str]]
) -> None:
    assert found(text, lang) == expected


def test_a_short_alias_does_not_match_inside_a_word(found: Find) -> None:
    states = sl.Target(name="United States", aliases=(Alias(form="US", case="upper"),))
    assert found("RUSSIA told us that the US-NATO pact", "en", {"United States": states}) == [
        ("United States", "US")
    ]


def test_short_form_counts_only_where_the_document_names_the_target(found: Find) -> None:
    assert found("The alliance met.") == []
    assert found("NATO leaders arrived. The alliance met.") == [
        ("NATO", "NATO"),
        ("NATO", "alliance"),
    ]


def test_prime_minister_rutte_is_no_mention_of_nato(found: Find) -> None:
    assert found("Rutte opened parliament in The Hague.") == []
    assert found("NATO chief Rutte arrived.") == [("NATO", "NATO"), ("NATO", "Rutte")]
