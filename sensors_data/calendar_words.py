"""Words of dates: months by name in many languages, halves of the day, zones by their short name."""

from __future__ import annotations

import unicodedata

_MONTHS = """
january jan januar janvier janv enero ene gennaio gen januari janeiro jaenner styczeń stycznia sty январь января янв
january ιαν ιανουαρίου січень січня sausio sausis siječanj siječnja jaanuar janvāris
january ocak oca leden ledna tammikuu tammikuuta január ianuarie ian
february φεβ φεβρουαρίου лютий лютого vasario vasaris veljača veljače veebruar februāris
february feb februar fevrier fevr febrero febbraio februari fevereiro fev feber luty lutego lut февраль февраля фев февр
february şubat şub únor února helmikuu helmikuuta február febr februarie
march μαρ μάρ μαρτίου березень березня kovo kovas ožujak ožujka märts maret
march mar maerz mrz mars marzo maart mrt marco marzec marca март марта мар mart marts březen března maaliskuu
march maaliskuuta március márc martie
april απρ απριλίου квітень квітня balandžio balandis travanj travnja aprill aprīlis
april apr avril avr abril aprile abr kwiecień kwietnia kwi апрель апреля апр nisan nis duben dubna huhtikuu huhtikuuta
april április ápr aprilie
may μάι μαΐ μαΐου травень травня gegužės gegužė svibanj svibnja maijs
may mai mayo maggio mag mei maio maj maja май мая mayıs květen května toukokuu toukokuuta május máj
june ιουν ιουνίου червень червня birželio birželis lipanj lipnja juuni jūnijs
june jun juni juin junio giugno giu junho czerwiec czerwca cze июнь июня июн haziran haz červen června kesäkuu
june kesäkuuta június jún iunie iun
july ιουλ ιουλίου липень липня liepos liepa srpanj srpnja juuli jūlijs
july jul juli juillet juil julio luglio lug julho lipiec lipca lip июль июля июл temmuz tem červenec července heinäkuu
july heinäkuuta július júl iulie iul
august αυγ αυγούστου серпень серпня rugpjūčio rugpjūtis kolovoz kolovoza augusts agustus agt
august aug aout agosto ago augustus agu sierpień sierpnia sie август августа авг ağustos ağu srpen srpna augusti elokuu
august elokuuta augusztus
september σεπ σεπτεμβρίου вересень вересня rugsėjo rugsėjis rujan rujna septembris
september sep sept septembre septiembre settembre set setembro wrzesień września wrz сентябрь сентября сен сент
september eylül eyl
september září syyskuu syyskuuta szeptember szept septembrie
october οκτ οκτωβρίου жовтень жовтня spalio spalis oktoober oktobris
october oct oktober okt octobre octubre ottobre ott outubro out październik października paź октябрь октября окт
october ekim eki
october říjen října lokakuu lokakuuta október octombrie
november νοε νοεμβρίου lapkričio lapkritis studeni studenoga novembris nopember
november nov novembre noviembre novembro listopad listopada lis ноябрь ноября ноя нояб kasım kas marraskuu marraskuuta
november noiembrie noi
december δεκ δεκεμβρίου грудень грудня gruodžio gruodis prosinac prosinca detsember decembris
december dec dezember dez decembre diciembre dic dicembre dezembro grudzień grudnia gru декабрь декабря дек aralık ara
december prosinec prosince joulukuu joulukuuta desember des decembrie
january jän led januára януари яну січ sij јануар јан saus jaan gener tammi ιανουάριος јануари xaneiro xan januarie
january janar tammik
february úno februára февруари лют velj фебруар феб vas veebr febrer helmi φεβρουάριος febreiro shkurt shk helmik
march mär bře marec бер ožu kov mac maalis μάρτιος maalisk
april dub apríla април квіт tra bal huhti απρίλιος prill pri huhtik
may kvě трав svi мај geg maig touko μάιος toukok
june čvn júna юни черв јун birž junij juny kesä ιούνιος јуни xuño junie qershor qer kesäk
july čvc júla юли лип јул liep julij juliol julai heinä ιούλιος јули xullo xul julie korrik korr heinäk
august srp augusta серп kol avgust avg rugp agost ag ogos ogo elo αύγουστος ágúst gusht gush aoû elok
september zář septembra септември сеп вер ruj септембар septembar rugs setembre syys σεπτέμβριος shtator sht syysk
october říj októbra октомври жовт октобар oktobar spal loka οκτώβριος tetor tet lokak
november listopadu novembra ноември ное листопада лист листопад stu новембар нов novembar lapkr marras νοέμβριος nëntor
november nën marrask
december pro decembra декември груд децембар дец decembar gruod dets desembre disember dis joulu δεκέμβριος decembro
december dhjetor dhj jouluk
january มกราคม ม.ค.
february กุมภาพันธ์ ก.พ.
march มีนาคม มี.ค.
april เมษายน เม.ย.
may พฤษภาคม พ.ค.
june มิถุนายน มิ.ย.
july กรกฎาคม ก.ค.
august สิงหาคม ส.ค.
september กันยายน ก.ย.
october ตุลาคม ต.ค.
november พฤศจิกายน พ.ย.
december ธันวาคม ธ.ค.
"""
_CROATIAN_ALONE = """
sij velj ožu tra svi kol ruj stu siječanj siječnja veljača veljače ožujak ožujka travanj travnja svibanj svibnja
lipanj lipnja srpanj srpnja kolovoz kolovoza rujan rujna studeni studenoga prosinac prosinca
"""
_IN_ORDER = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip

AFTERNOON = {
    "a": 0,
    "p": 12,
    "ص": 0,
    "م": 12,
    "am": 0,
    "pm": 12,
    "vorm": 0,
    "nachm": 12,
    "上午": 0,
    "下午": 12,
    "午前": 0,
    "午後": 12,
    "오전": 0,
    "오후": 12,
    "πμ": 0,
    "μμ": 12,
    "sa": 0,
    "ch": 12,
}
HALVES = "上午|下午|午前|午後|오전|오후"
"""Halves of the day that stand in front of the clock."""

HALVES_BEHIND = r"[vV]orm\.|[nN]achm\.|[πμ]\.?μ\.?|SA|CH|[صم]"
"""Halves of the day behind the clock, beside am and pm: German, Greek, Vietnamese, Arabic."""

ZONES = {
    **dict.fromkeys(("z", "utc", "gmt", "wet", "ut"), 0),
    **dict.fromkeys(("cet", "mez", "west", "bst"), 60),
    **dict.fromkeys(("cest", "mesz", "eet", "sast"), 120),
    **dict.fromkeys(("eest", "msk", "trt"), 180),
    "sgt": 480, "hkt": 480, "awst": 480, "jst": 540, "kst": 540, "aest": 600, "aedt": 660, "nzst": 720, "nzdt": 780,
    "brt": -180, "art": -180, "edt": -240, "est": -300, "cdt": -300, "cst": -360, "mdt": -360, "mst": -420,
    "pdt": -420, "pst": -480, "akdt": -480, "akst": -540, "hst": -600,
}  # fmt: skip
"""Minutes east of Greenwich of a zone's short name; those of two meanings (IST) are left out."""


def plain_word(word: str) -> str:
    """A word in small ASCII letters: `Février.` becomes `fevrier`, `März` becomes `maerz`."""
    word = word.lower().replace("ä", "ae").strip(". ")
    composed = unicodedata.normalize("NFKC", word)
    if any("\uac00" <= c <= "\ud7a3" for c in composed):
        return composed  # Korean syllables fall into letters
    if any("\u0e01" <= c <= "\u0e4e" for c in composed):
        return composed.replace(".", "")  # marks above Thai letters tell March from January
    return "".join(c for c in unicodedata.normalize("NFKD", word) if c.isalpha() and not unicodedata.combining(c))


MONTHS = {
    plain_word(word): 1 + _IN_ORDER.index(line.split()[0])
    for line in _MONTHS.strip().splitlines()
    for word in line.split()
}
"""The number of a month by its name or short name, as `plain_word` gives it."""

CROATIAN = {"lip": 6, "srp": 7, "lis": 10, "listopad": 10, "listopada": 10}
"""Words that name a month in Croatian, and the one after it in MONTHS, as in Polish or Czech."""
CROATIAN_ALONE = frozenset(map(plain_word, _CROATIAN_ALONE.split()))
"""Croatian words for months that no other language here has."""


def month_number(word: str) -> int:
    """The month that a word names, 0 for none."""
    return MONTHS.get(plain_word(word), 0)
