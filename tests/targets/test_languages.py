"""Sentences in all twelve languages; [N ...], [R ...] and [U ...] mark what must be found."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

_MARK = re.compile(r"\[([NRU]) ([^\]]+)\]")
_TARGETS = {"N": "NATO", "R": "Russia", "U": "Ukraine"}

SENTENCES = {
    "en": [
        "[N NATO] and [R Russia] met in Geneva, while [U Ukraine] waited.",
        "The [R Russians] left; the [U Ukrainians] raised their flag over the town hall.",
        "[R Kremlin] spokesman Dmitry [R Peskov] blamed the [N Alliance] for the delay.",
        "[U Zelenskyy] asked [N Stoltenberg] for air defence before the winter.",
        "[R MOSCOW] WARNS [U KYIV] AGAIN",
        "The [R Russia]-[U Ukraine] war entered its third year.",
        "[R Russo]-[U Ukrainian] talks broke down, and [N NATO]'s eastern members took note.",
        "The [R Russian Foreign Ministry] summoned the envoy; [R Lavrov] was absent.",
        "The [N North Atlantic Treaty Organization] was founded in 1949.",
        "The [U Verkhovna Rada] voted, and [U Kuleba] resigned.",
        "[R Kremlin]-backed media praised the vote in the [R State Duma].",
        "[U Kyiv]’s mayor and [R Moscow]’s envoy traded insults.",
        "A spokesman for the [U Armed Forces of Ukraine] denied it.",
    ],
    "fr": [
        "[R Moscou] accuse l’[N OTAN] de préparer la guerre.",
        "Pour [R Lavrov], l’[N alliance] ne respecte aucune de ses promesses.",
        "Les [R Russes] et les [U Ukrainiens] se retrouvent à Istanbul.",
        "La diplomatie [R russe] et la délégation [U ukrainienne] gardent le silence.",
        "La porte-parole du [R Kremlin] n’a pas réagi, [R Zakharova] non plus.",
        "Le soutien de l'[N Alliance atlantique] à l'[U Ukraine] ne faiblit pas.",
        "Le conflit [R russo]-[U ukrainien] coûte cher à l'Europe.",
        "[R Poutine] a reçu le secrétaire général; [U Zelensky] attend toujours.",
        "Selon [U Kiev], la [R Russie] bombarde les ports.",
        "Les exigences d'[N OTAN] et de la [R Fédération de Russie] divergent.",
    ],
    "de": [
        "[R Russlands] Armee rückt vor, die [U Ukraine] wehrt sich.",
        "Die [N Nato]-Staaten beraten in Vilnius.",
        "Der [R Kremlsprecher] wies das zurück, [R Peskow] nannte es absurd.",
        "Die [U ukrainischen] Soldaten und die [R russischen] Gefangenen wurden ausgetauscht.",
        "[R Putins] Rede ließ [U Selenskyj] kalt.",
        "Der [U Ukrainekrieg] dauert an.",
        "[R Moskau] droht, [U Kiew] bittet, das [N Nordatlantische Bündnis] zögert.",
        "Die [R russisch]-[U ukrainische] Grenze ist geschlossen.",
        "[U Ukrainern] und [R Russinnen] wurde die Einreise verweigert.",
        "Ein Sprecher des [R russischen Außenministeriums] bestätigte das.",
        "Generalsekretär [N Stoltenberg] besuchte die [U Kiewer] Regierung.",
    ],
    "es": [
        "La [N OTAN] reforzará su flanco oriental.",
        "[R Moscú] acusa a [U Kiev] de romper la tregua.",
        "Los [R rusos] se retiraron y las [U ucranianas] volvieron a casa.",
        "El portavoz del [R Kremlin], Dmitri [R Peskov], calló.",
        "[U Zelenski] pidió ayuda a la [N Alianza Atlántica].",
        "La guerra [R ruso]-[U ucraniana] afecta al trigo.",
        "[R Putin] y [R Lavrov] viajarán a Teherán.",
        "[R Rusia] y [U Ucrania] canjean prisioneros.",
        "La [R Federación de Rusia] vetó la resolución.",
        "La [U Rada Suprema] aprobó la ley marcial.",
    ],
    "it": [
        "La [N Nato] rafforza il fianco est, dice [N Stoltenberg].",
        "[R Mosca] minaccia [U Kiev], ma la [N NATO] non arretra.",
        "I membri dell'[N Alleanza] discutono l'ingresso dell'[U Ucraina].",
        "Il [R Cremlino] smentisce: [R Peskov] parla di menzogne.",
        "I soldati [R russi] e le città [U ucraine] sono allo stremo.",
        "[U Zelensky] ringrazia, [R Putin] tace.",
        "Il governo [R russo] respinge le accuse degli [U ucraini].",
        "La guerra [R russo]-[U ucraina] logora l'Europa.",
        "La [R Russia] chiude i rubinetti del gas.",
        "L’adesione al [N Patto atlantico] divide il parlamento.",
    ],
    "pt": [
        "A [N OTAN] e a [R Rússia] voltaram à mesa.",
        "[R Moscou] critica [U Kiev] e a [N Aliança Atlântica].",
        "[R Moscovo] negou o ataque à [U Ucrânia].",
        "Os [R russos] recuam e os [U ucranianos] avançam.",
        "[U Zelensky] falou com [N Stoltenberg] ao telefone.",
        "O [R Kremlin] desmente, afirma [R Peskov].",
        "O governo [R russo] expulsou diplomatas.",
        "As tropas [U ucranianas] abateram um drone [R russo].",
        "[R Putin] discursou na [R Duma].",
        "A [R Federação Russa] vetou o texto.",
    ],
    "pl": [
        "[R Rosja] atakuje, a [U Ukraina] się broni.",
        "Wojska [R rosyjskie] opuściły [U Kijów].",
        "Prezydent [U Zełenski] rozmawiał z szefem [N NATO].",
        "Rzecznik [R Kremla] [R Pieskow] zaprzeczył.",
        "[U Ukraińcom] potrzebna jest broń, mówił [N Stoltenberg].",
        "Rozmowa z [R Putinem] o wojnie [R rosyjsko]-[U ukraińskiej] trwała godzinę.",
        "[R Rosjanie] grożą [N Sojuszowi Północnoatlantyckiemu].",
        "W [R Moskwie] nie skomentowano słów [U Kułeby].",
        "[N Natowskie] myśliwce nad Bałtykiem spotkały [R rosyjski] samolot.",
        "[R Ławrow] spotkał się z [U ukraińskimi] posłami w [U Kijowie].",
    ],
    "ru": [
        "[R Россия] и [N НАТО] обменялись упрёками.",
        "В [R Кремле] не верят [U Киеву].",
        "[U Украинские] военные сообщили о [R российских] потерях.",
        "Разговор [R Путина] с [N Столтенбергом] не состоялся.",
        "По словам [R Пескова], [N Североатлантический альянс] сам виноват.",
        "[R Россияне] и [U украинцы] ждут переговоров.",
        "[R Российско]-[U украинский] диалог прерван.",
        "Расширение [N НАТО] на восток обсудили в [R Госдуме].",
        "[U Зеленскому] позвонили из [R Москвы].",
        "[N Натовские] инструкторы покинули [U Украину].",
        "[R МИД России] ответил [U МИД Украины].",
        "Совет [N НАТО]-[R Россия] не собирался с осени.",
        "[R Росси\u0301я] и [U Украи\u0301на] — соседи.",
    ],
    "uk": [
        "[R Росія] обстріляла [U Київ], [N НАТО] засудило удар.",
        "[U Україні] потрібна зброя, сказав [U Зеленський].",
        "У [R Кремлі] погрожують [N Альянсу].",
        "[U Українські] захисники зупинили [R російські] колони.",
        "[R Росіяни] тікають, [U українці] тримають оборону.",
        "[U Кулебі] зателефонували з [N Північноатлантичного альянсу].",
        "[R Путіну] не вірять ані в [U Києві], ані деінде.",
        "[R Російсько]-[U українська] війна триває.",
        "[U Верховна Рада] ухвалила закон, [U ЗСУ] отримали кошти.",
        "За словами [R Пєскова], [R Москва] готова чекати.",
        "[R РФ] втратила ще один корабель.",
        "[U Україною] прокотилася хвиля ударів [R росіян].",
    ],
    "bg": [
        "[R Русия] обвини [N НАТО] в провокация.",
        "[R Руският] посланик напусна [U Киев].",
        "[U Украинците] посрещнаха [U Зеленски] с овации.",
        "Според [R Песков] [R Кремъл] няма нищо общо.",
        "[U Украйна] иска членство в [N Северноатлантическия пакт].",
        "[R Руснаците] и [U украинските] власти мълчат.",
        "[R Москва] отказва преговори, каза [R Лавров].",
        "[N Натовските] самолети кацнаха край Пловдив.",
        "[R Руско]-[U украинската] граница е затворена.",
    ],
    "cs": [
        "[R Rusko] zaútočilo na [U Ukrajinu].",
        "[U Ukrajinští] vojáci zadrželi [R ruské] zajatce.",
        "V [R Kremlu] odmítli slova [U Zelenského].",
        "[N Severoatlantická aliance] posílí východní křídlo.",
        "[R Rusové] odešli z [U Kyjeva].",
        "[R Putinovi] poradci mlčí, [R Lavrov] také.",
        "Generální tajemník [N NATO] [N Stoltenberg] přijel do Prahy.",
        "[R Rusko]-[U ukrajinská] válka trvá.",
        "Podle [R Moskvy] je [U Ukrajina] na řadě.",
        "Jednání s [U Ukrajinci] o [R ruském] plynu skončilo.",
    ],
    "ro": [
        "[R Rusia] acuză [N NATO] de agresiune.",
        "[U Ucraina] cere sprijinul [N Alianței Nord-Atlantice].",
        "[R Rușii] s-au retras, [U ucrainenii] avansează.",
        "Trupele [R ruse] au bombardat [U Kievul].",
        "[R Kremlinul] neagă, spune [R Peskov].",
        "Președintele [U Zelenski] a vorbit cu [N Stoltenberg].",
        "Armata [R rusă] și guvernul [U ucrainean] negociază la [R Moscova].",
        "Soarta [U Ucrainei] preocupă [N Alianța].",
        "[R Ruşii] şi [U ucrainenii] au semnat un acord.",
        "[R Putin] i-a cerut lui [R Șoigu] un raport.",
    ],
}


@pytest.mark.parametrize(
    ("lang", "marked"),
    [(lang, marked) for lang, sentences in SENTENCES.items() for marked in sentences],
)
def test_forms_of_each_language(
    found: Callable[..., list[tuple[str, str]]], lang: str, marked: str
) -> None:
    text = _MARK.sub(r"\2", marked)
    expected = [(_TARGETS[letter], form) for letter, form in _MARK.findall(marked)]
    assert found(text, lang) == expected


def test_each_language_has_eight_sentences() -> None:
    assert len(SENTENCES) == 12
    assert min(map(len, SENTENCES.values())) >= 8


@pytest.mark.parametrize("lang", [*SENTENCES, "ja", "und"])
def test_international_forms_count_in_every_language(
    found: Callable[..., list[tuple[str, str]]], lang: str
) -> None:
    assert found("NATO / НАТО / Zelensky / Москва", lang) == [
        ("NATO", "NATO"),
        ("NATO", "НАТО"),
        ("Ukraine", "Zelensky"),
        ("Russia", "Москва"),
    ]
