"""Words that hint at what a column is, in several languages: they only help where the cells leave it open."""

from __future__ import annotations

import re

_LINES = """
%Y: vuosi år rok ano leto év год yıl rok aasta ปี ปีพศ
%m: kuukausi måned månad miesiąc měsíc hónap месяц ay kuu เดือน
%d: päivä dzień den nap день gün dag päev วัน วันที่
%H: tunti time timme godzina hodina óra час saat ชั่วโมง
%N: aika klokkeslett kl เวลา
%H: h he heure hh hora hour hr hrs ora stunde uur
%M: mi min minute minuto minuut mm
%N: est cst gmt hhmm hourminute hrmn lst mst pst time utc
%S: s sec second segundo sekunde ss
%Y: annee anno année ano año jaar jahr year yr yy yyyy
%d: dag day dd dy dia dom día giorno jour mday tag
%j: dayofyear doy jday julian yday yearday
%m: maand mes mese mm mo mois mon monat month
alarms: alarm alarms alarmed alert alerts warning warn danger critical hi hihi lo lolo
asset: area areaname sn devicename machinename stationname
asset: anlage asset assetid building cell device deviceid disk drive ean engine equipment geraet gerät host
asset: house id imei instance inverter line loc location mac machine machineid maquina maschine meter motor nmi node
asset: number nummer plant pump robot room serial server site station string train turbine turbineid unit
asset: computer computername nodename objekt estacion estación estação stazione poste
asset: instance hostname podname pod instanceid thing thingname vehicleid deviceno machineno gateway
asset: målepunktsid målepunkt meteringpoint meterid meternumber 设备名称 设备 机器 机号 逆变器 装置名 設備名 号機
asset: stations stn siteno unitid vehicle vin well wtg zaehler zone zähler
asset: indicativo idema numer 지점 站号
bad: arvioitu becsült hinnatud tahmini ersatz náhradní náhradná geschätzter szacowany szacowana
bad: estimada estimado estimata estimato stimata stimato stimé estimé estimée estimeret estimert beräknad geschätzt
bad: panne défaut defaut störung avería averia guasto vika hs
bad: rejected rejeté cancelled canceled invalidated verworfen gesperrt недостоверно недостоверное недостовірне
bad: szacowane odhad odhadnuto ersatzwert interpoliert interpolated down stale down,stale fault,stale geraten
bad: b bad badcomm cattivo commerror commfail deviceerror e error estimated failed false fault geschat
bad: invalid malo mauvais missing no nok notconnected notgood offline overflow poor q questionable s
bad: schlecht slecht stale substituted suspect timeout u uncertain ungueltig ungültig unknown unsicher
end: bis end ende fin fine finish hasta stop to tot until
good: a abgelesen actual bom bon bonne bueno buono g gemeten gevalideerd goed good good, good_non-specific
good: goodnonspecific gueltig gut gültig measured non-specific ok read true uitgelezen v valid validated
good: valide valido válido válida valida geldig platný действительно
good: uppmätt uppmätta mitattu mért mõõdetud ölçülen wahr réelle effettivo effettiva rzeczywisty rzeczywista
good: yes approved authorised authorized released freigegeben validé validée достоверно достоверное достовірне
good: real reale reel réel medida medido misurata misurato mesuré mesurée mätt målt gemessen zmierzone
kinds of things: model modell modelo modèle modello type typ tipo art article artikel artikelnr product produkt produit
kinds of things: variant variante series serie material recipe rezept batch charge lot los
kinds of sum: analog analogue counter digital avg smp min max std tot med wvc tmx tmn mean sum inst last
ids of sensors: channelid dataitemid feedid itemid metricid parameterid pointid sensorid seriesid signalid tagid
ids of sensors: tagindex variableid
labels of anomalies: anomalies anomaly changepoint fault groundtruth isanomaly label labels outlier target
off/on: off/on false/true no/yes closed/open close/open stop/run stopped/running stop/start inactive/active
off/on: aus/ein aus/an zu/auf nein/ja arret/marche idle/running low/high down/up disabled/enabled n/y f/t
off/on: not_home/home inactivo/activo spento/acceso uit/aan halt/run standby/running ok/alarm normal/alarm
off/on: ok/fault clear/detected
off/on: apagado/encendido apagada/encendida parado/marcha parada/marcha detenido/funcionando cerrado/abierto
off/on: cerrada/abierta desligado/ligado desligada/ligada fermé/ouvert chiuso/aperto fermo/marcia arret/en_marche
off/on: spento/in_funzione geschlossen/offen steht/läuft gesloten/open uit/in av/på fra/til pois/päällä ki/be
off/on: från/till stopp/drift durdu/çalışıyor postój/praca spenta/accesa parada/en_marcha parado/en_marcha
off/on: ferma/in_marcia stoi/pracuje
off/on: wyłączony/włączony wyłączona/włączona wył/zał vypnuto/zapnuto vyp/zap kapalı/açık выкл/вкл стоп/работа
off/on: 停机/运行 停止/运行 关/开 关闭/开启 关闭/打开 停止/運転 オフ/オン 정지/운전 정지/가동 꺼짐/켜짐
fractions of a second: ns fraction fract fractsec ms msec millisecond milliseconds millis millitm nanoseconds nsec nsecs
fractions of a second: us usec usecs microsecond microseconds micros nanosecond nanos msecs tvusec tvnsec
modes: betriebsart modo mode modus state status zustand
other times: birth bis created due end ende expiry exported fin fine hasta ingested inserted installed modified
other times: processed received stop to tot until updated
beside names: beschreibung bezeichnung comment datatype description desc descriptor engineeringunits eu format
beside names: kommentar range type types
other times: local localdatetime localtime lst
perhaps quality: etat état stato tila estado stav flag good isgood flags state status statuscode
place: alt altitud altitude elev elevation hoehe höhe lat latitud latitude latitudey lng lon long longitud
place: longitude longitudex
quantities: consumption generation production import export temperature temp humidity hum pressure flow power voltage
quantities: current energy speed level frequency torque vibration conductivity turbidity oxygen verbrauch erzeugung
quantities: einspeisung bezug lieferung temperatur feuchte druck durchfluss leistung spannung strom drehzahl füllstand
quantities: consommation production température humidité pression débit puissance consumo generación temperatura
quantities: tmax tmin tavg tobs prcp snow snwd awnd evap tmean rh co2 pm pm10 pm25 no2 o3 volt amps watt
quantities: 有功功率 无功功率 有功 无功 电量 电流 电压 温度 湿度 压力 流量 频率 转速 電流 電圧 電力 圧力
quantities: attiva reattiva activa reactiva ativa reativa active reactive wirk blind wirkenergie blindenergie
quantities: мощность давление расход температура ток напряжение
quantities: humedad presión caudal potencia verbruik opwekking teruglevering afname
quality if false: bad isbad invalid isinvalid questionable suspect
quality: 品質情報 品質 质量 품질
quality: reliability zuverlässigkeit fiabilité kvalitet kvalita laatu jakość qualidade qualità kalite minőség
quality: dataintegrity integrity freigabe якість качество достоверность
quality: calidad confidence guete güete opcquality q qa qc qual qualitaet qualite quality qualität qualité
quality: valid validity validité validez validità validade gültigkeit geldigheid platnost
ranks: priority prio severity prioridad prioridade priorité priorität priorita priorytet prioritet gravedad schwere
revisions: rev revision revisionnumber ver version
sensor: pointid pointname signalname tagid tagname varname
sensor: diagnostic diagnosticid measurand variablename pointid 测点 测点名称 参数 項目 測定項目
sensor: attribute capteur channel entity field grandeur item kanal kpi magnitud measurement messgroesse
sensor: messgröße label target metric name parameter parametro point quantity register sensor series signal statistic
sensor: tag countername metricname параметр параметры показатель parametr veličina wielkość
sensor: variabele variable varname
settings: qn firmware firmwarever interval span spandays score resolution samplerate
spare: counterid id idx index key lfd no nr recno recnum record recordno rn row rowid rownum sno unnamed
states: active alarm auto bad close closed cool cooling day error false fault good heat heating high idle
states: inactive low manual night no normal off ok on open run running standby start stop stopped true
states: warning yes
time: begin beginn da data date datetime datum datumzeit debut desde fecha from heure hora horodatage
time: horodate inizio measured moment ora stamp start t tijd tijdstip time timestamp ts uhrzeit vanaf von
time: when zeit zeitstempel
unit: eenheid einheit unidad unit unita unite unitofmeasurement units unità unité uom
value: values data mean measurement messwert reading result state val valeur valor valore value verbruik volume
value: waarde wert y wartość wartosc värde verdi værdi mængde määrä arvo hodnota érték değer значение kogus
"""
_ABOVE = re.compile(r"[\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]")
"""Marks above and below Thai letters, at which a name falls into parts."""


def _sets(lines: str) -> dict[str, frozenset[str]]:
    """The words of each kind; a kind may have several lines."""
    sets: dict[str, frozenset[str]] = {}
    for line in lines.strip().splitlines():
        kind, _, words = line.partition(": ")
        sets[kind] = sets.get(kind, frozenset()) | frozenset(_ABOVE.sub("", words).split())
    return sets


WORDS = _sets(_LINES)
"""What each word of a column's name, or each word in its cells, hints at."""
