"""Forms that are filled in again each day: weather, summaries of the front, markets."""

from __future__ import annotations

from datetime import datetime

import numpy as np


def names_of(names: str) -> list[str]:
    """Return names that stand in one string, between commas or spaces."""
    return names.split("," if "," in names else " ")


PLACES = {
    "en": names_of(
        "Northmoor Eastvale Harrowby Saltmere Kingsreach Dunford Aldermoor Pinecross "
        "Wexbridge Stonegate Fairhaven Lowick Thornbury Marsh Greyport Oakhurst Redcliff Millbrook"
    ),
    "ru": names_of(
        "Северск Заречье Каменка Лозовое Дубрава Приморск Ясное Боровое Тихвино Марьинск "
        "Светлое Горино Вишнёвое Степное Озёрск Кленовка Рудня Белополье"
    ),
}
SKIES = {
    "en": names_of("cloudy,sunny with a few clouds,rainy,foggy in the morning,dry and windy"),
    "ru": names_of("облачно,ясно,местами дожди,утром туман,сухо и ветрено"),
}
WEATHER = {
    "en": "The meteorological office expects {sky} weather in the region on {day}. In {a} the "
    "temperature will rise to {n} degrees during the day and fall to {n} at night. In {b} it will "
    "be {n} degrees, with winds of {n} kilometres an hour from the {wind}. Around {c} the sky "
    "stays {sky2}, with a chance of rain of {n} percent. Drivers should be careful on wet roads. "
    "Air pressure will be {n} millimetres. The sun rises at {n} minutes past {h} and sets at {n} "
    "minutes past {h}. The next forecast will be published tomorrow morning.",
    "ru": "По прогнозу синоптиков, {day} в области ожидается {sky}. В городе {a} днём воздух "
    "прогреется до {n} градусов, ночью похолодает до {n}. В городе {b} будет {n} градусов, ветер "
    "{wind}, {n} метров в секунду. В районе города {c} {sky2}, вероятность осадков {n} процентов. "
    "Водителей просят быть внимательнее на мокрых дорогах. Атмосферное давление составит {n} "
    "миллиметров. Солнце взойдёт в {h} часов {n} минут и зайдёт в {h} часов {n} минут. Следующий "
    "прогноз будет опубликован завтра утром.",
}
SUMMARY = {
    "en": "The general staff published its summary for the morning of {day}. Over the past day {n} "
    "combat clashes took place along the front. The enemy launched {n} missile and {n} air strikes "
    "and fired {n} times from multiple rocket launchers at positions of our troops and at "
    "settlements. In the {a} direction the defenders repelled {n} attacks near {b} and {c}. In the "
    "{d} direction the enemy made {n} attempts to advance near {e}, without success. In the {f} "
    "direction the situation has not changed significantly, but {g} and {h2} came under artillery "
    "fire. Aviation struck {n} areas where personnel and equipment were concentrated, and air "
    "defence destroyed {n} drones. The information is being updated.",
    "ru": "Генеральный штаб обнародовал сводку на утро {day}. За прошедшие сутки на фронте "
    "произошло {n} боевых столкновений. Противник нанёс {n} ракетных и {n} авиационных ударов, "
    "совершил {n} обстрелов из реактивных систем залпового огня по позициям наших войск и "
    "населённым пунктам. На направлении {a} защитники отбили {n} атак в районах {b} и {c}. На "
    "направлении {d} противник предпринял {n} попыток продвинуться вблизи {e}, успеха не имел. На "
    "направлении {f} обстановка существенно не изменилась, обстрелам подверглись {g} и {h2}. "
    "Авиация нанесла удары по {n} районам сосредоточения личного состава и техники, средства ПВО "
    "уничтожили {n} беспилотников. Информация уточняется.",
}
MARKET = {
    "en": "Stocks closed {move} on {day}. The leading index ended the session at {n} points, a "
    "change of {n} points. Shares of {a} Steel moved by {n} percent and those of {b} Bank by {n} "
    "percent. Turnover came to {n} million. Analysts pointed to {reason}. On the currency market a "
    "dollar cost {n} and a euro {n} at the end of trading. Oil was quoted at {n} for a barrel.",
    "ru": "Торги {day} завершились {move}. Основной индекс закрылся на отметке {n} пунктов, "
    "изменение составило {n} пунктов. Акции завода {a} изменились в цене на {n} процентов, бумаги "
    "банка {b} на {n} процентов. Оборот составил {n} миллионов. Аналитики указывают на {reason}. "
    "На валютном рынке доллар к концу торгов стоил {n}, евро {n}. Баррель нефти торговался по {n}.",
}
WORDS_OF_FORMS = {
    "en": {
        "wind": ["north", "south", "west", "east", "north-west"],
        "move": ["higher", "lower", "little changed"],
        "reason": ["profit taking", "weak exports", "talk of a rate rise", "calm abroad"],
    },
    "ru": {
        "wind": ["северный", "южный", "западный", "восточный"],
        "move": ["ростом", "снижением", "без заметных изменений"],
        "reason": [
            "фиксацию прибыли",
            "слабый экспорт",
            "ожидание ставки",
            "спокойный внешний фон",
        ],
    },
}


FORMS = {"weather": WEATHER, "summary": SUMMARY, "market": MARKET}


def fill(form: str, code: str, day: datetime, rng: np.random.Generator) -> str:
    """Fill a form with the places, figures and words of one day."""
    names = [str(name) for name in rng.permutation(PLACES[code])]
    text = form
    while "{n}" in text:
        text = text.replace("{n}", str(rng.integers(1, 60)), 1)
    while "{h}" in text:
        text = text.replace("{h}", str(rng.integers(4, 21)), 1)
    values = dict(zip(("a", "b", "c", "d", "e", "f", "g", "h2"), names, strict=False))
    values |= {key: str(rng.choice(words)) for key, words in WORDS_OF_FORMS[code].items()}
    values |= {"sky": str(rng.choice(SKIES[code])), "sky2": str(rng.choice(SKIES[code]))}
    return text.format(day=f"{day.day}.{day.month:02d}", **values)
