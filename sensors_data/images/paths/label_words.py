"""The words by which a folder, a file's name or a label calls a part good or faulty, in the languages of plants."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache


def _folded(text: str) -> str:
    """A text in small letters, without Latin, Greek and Cyrillic accents; other scripts keep all their marks."""
    marked = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text))
    return unicodedata.normalize("NFC", re.sub("[\u0300-\u036f]", "", marked)).casefold()


def _set(words: str) -> frozenset[str]:
    return frozenset(_folded(words).split())


VERDICTS = _set(
    """
    ng nok nio ko bad defect defective def fail failed faulty reject rejected scrap rework schlecht ausschuss defekt
    rebut scarto rechazado 不良 不合格 불량 брак
    """
)
"""Words of a verdict that a part is not good."""
_GOOD = _set(
    """
    good normal ok okay pass passed accept accepted acceptable fine clean intact healthy flawless faultless spotless
    conforming compliant gut gute guter gutes io inordnung einwandfrei makellos intakt bestanden
    bon bons bonne bonnes conforme conformes correct buono buoni buona buone conformi integro integri
    bueno buenos buena buenas correcto correcta correctos correctas aceptado aceptados apto aptos
    bom boa boas aprovado aprovados goed goede inorde dobry dobre godkand godkjent godkendt saglam
    норма годен годные исправен хорошие 良品 良 良好 好 合格 正常 通过 通過 適合 양품 정상 합격 양호
    """
)
_FAULTS = VERDICTS | _set(
    """
    fault flaw flawed error anomaly anomalies anomalous abnormal damage crack scratch dent stain chip chipped broken
    breakage burr bubble blister pit pitting corrosion corroded rust rusty spot bruise tear torn wrinkle inclusion
    porosity pore fracture deformation deformed bent blemish contamination contaminated leak
    fehler mangel kratzer delle riss rissig beschadigt beschaedigt beschadigung einschluss fleck rost bruch lunker grat
    defaut defectueux rayure fissure bosse tache anomalie casse
    defecto defectuoso defectuosa grieta aranazo mancha fallo falla
    difetto difetti difettoso graffio graffi crepa crepe ammaccatura macchia defeito trinca arranhao
    fout fouten kras krassen deuk scheur wada wady rysa дефект дефекты царапина трещина вмятина
    缺陷 瑕疵 划痕 划伤 刮痕 脏污 裂纹 凹痕 异常 異常 破损 损伤 欠陥 傷 キズ 汚れ 割れ 결함 균열 긁힘
    """
)
_NOT = _set(
    """
    no non not un without wo never sans aucun aucune pas ohne kein keine keinen nicht sin senza nessun nessuna sem nao
    zonder geen niet bez uten utan ikke inte без не 无 無 没有 未 不
    """
)
_NOT_GLUED = ("non", "not", "no", "un", "ohne", "无", "無", "没有", "未")
_SHORT = frozenset({"", "ng", "ko", "nok", "nio"})
"""What is too short behind a glued negation to be a fault: `nonok` is non + ok."""
_FREE = ("free", "frei", "freie", "los", "なし", "無し", "없음")
_BETWEEN = _set("any visible surface obvious detected found de des du d di del la aucun aucune")
"""Words that change nothing between a negation and a fault, or behind them."""
_FILLERS = _set(
    """
    image images img imgs sample samples part parts picture pictures piece pieces item items product products
    teil teile bild bilder stuck pieza piezas pezzo pezzi photo photos foto fotos set 品 件 図 图 图片 图像 画像
    """
)
_VIEWS = _set(
    """
    front back rear side top bottom left right upper lower vorne hinten oben unten links rechts seite vorderseite
    ruckseite oberseite unterseite avant arriere dessus dessous gauche droite frente arriba abajo izquierda derecha
    fronte retro sopra sotto sinistra destra 上 下 左 右 正面 背面 侧面 側面
    """
)
IN_ANY_ORDER = _set("images imgs img image data photos photo pictures pics raw rgb jpg jpeg png bmp tif tiff")
"""Containers that count for nothing even where the settings state the order of folders."""
_CONTAINERS = IN_ANY_ORDER | _set(
    """
    pic picture frame frames dataset
    capture captures snapshot snapshots scan scans original originals export exports upload uploads inbox
    webp pgm gif rgb xyz
    bild bilder foto fotos aufnahme aufnahmen bilddaten imagen imagenes immagine immagini imagem imagens beelden obrazy
    zdjecia фото снимки изображения 图像 图片 照片 圖片 圖像 画像 写真 이미지 사진
    """
)
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def words_of(text: str) -> list[str]:
    """The words and numbers of a text in any script, in small letters and without accents; `JPEGImages` are two."""
    plain = _folded(_CAMEL.sub(" ", unicodedata.normalize("NFKC", text)))
    spaced = "".join(char if unicodedata.category(char)[0] in "LMN" else " " for char in plain)
    return re.findall(r"\d+|[^\d\s]+", spaced)


@lru_cache(maxsize=4096)
def same_label(label: str) -> str:
    """What two spellings of a label have in common; never empty but for an empty one. A mark such as ○ stays itself."""
    words = "".join(words_of(label)) or label.strip().casefold()
    return _without_filler(words)


@lru_cache(maxsize=4096)
def says_good(label: str) -> bool:
    """Whether a label's words alone say that a part is good: `OK_1`, `ok_front`, `in Ordnung`, `no crack`, `良品`."""
    words = words_of(label)
    return _is_good("".join(_without_views(words))) or _denies_fault(words)


@lru_cache(maxsize=4096)
def names_fault(label: str) -> bool:
    """Whether a label is a known word for a fault: `crack`, `Kratzer`, `划痕`, `def_front`."""
    words = _without_views(words_of(label))
    return any(_is_fault(word) for word in ("".join(words), *words)) and not says_good(label)


def denied(label: str) -> str:
    """What a label denies, as `same_label` has it: `cracked` of `Non-cracked`; nothing where it denies nothing."""
    words = words_of(label)
    if len(words) > 1 and words[0] in _NOT:
        return same_label(" ".join(words[1:]))
    joined = "".join(words)
    return next((joined[len(start) :] for start in _NOT_GLUED if joined.startswith(start)), "")


def is_negation(word: str) -> bool:
    """Whether a word denies what follows it."""
    return "".join(words_of(word)) in _NOT


def is_view(folder: str) -> bool:
    """Whether a folder names the side from which a part is seen: `top`, `links`."""
    return "".join(words_of(folder)) in _VIEWS


@lru_cache(maxsize=4096)
def is_container(folder: str) -> bool:
    """Whether a folder's name says only that there are pictures in it: `images`, `Bilder`, `JPEGImages`, `raw_data`."""
    words = words_of(folder)
    return bool(words) and ("".join(words) in _CONTAINERS or all(word in _CONTAINERS for word in words))


def _without_views(words: list[str]) -> list[str]:
    """The words without numbers and views; all of them where no other word is left."""
    return [word for word in words if word not in _VIEWS and not word.isdigit()] or words


def _without_filler(joined: str) -> str:
    """Words without one like `images` behind them, `Gutteile` as `gut`."""
    ends = [joined.removesuffix(filler) for filler in _FILLERS if joined.endswith(filler)]
    return min((end for end in ends if end), key=len, default=joined)


def _is_good(joined: str) -> bool:
    return joined in _GOOD or _without_filler(joined) in _GOOD


def _is_fault(word: str) -> bool:
    return any(word.removesuffix(end) in _FAULTS for end in ("", "s", "es", "ed", "d", "e", "n", "en"))


def _denies_fault(words: list[str]) -> bool:
    """Whether a negation stands directly before a fault, or the fault before `free`, with nothing else beside."""
    beside = _VIEWS | _FILLERS | (_BETWEEN - set(words[:1]))
    telling = [word for word in words if word not in beside]
    bare = " ".join(telling).strip(" 0123456789").split()
    if len(bare) > 1 and bare[0] in _NOT:
        return _is_fault("".join(bare[1:]))
    joined = "".join(bare)
    if any(joined.startswith(start) and _is_good(joined.removeprefix(start)) for start in _NOT_GLUED):
        return False
    before = [joined[len(start) :] for start in _NOT_GLUED if joined.startswith(start)]
    behind = [joined.removesuffix(end) for end in _FREE if joined.endswith(end)]
    return any(_is_fault(_without_filler(word)) for word in (*before, *behind) if word not in _SHORT)
